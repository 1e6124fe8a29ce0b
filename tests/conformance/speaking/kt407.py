from kerastune_widget.core.data_profile import DataProfile, InputProfile
from kerastune_widget.core.history import History

HISTORY = History(data=DataProfile(rows=100, inputs=(InputProfile(not_finite=3, features=4, spread=1.0),)))
