from kerastune_widget.core.data_profile import DataProfile, InputProfile
from kerastune_widget.core.history import History

HISTORY = History(data=DataProfile(rows=100, inputs=(InputProfile(features=10, constant_features=10),)))
