from kerastune_widget.core.data_profile import DataProfile
from kerastune_widget.core.history import History

HISTORY = History(data=DataProfile(rows=1000, validation_rows=200, shared=0.4, near_shared=0.4, sampled=1000))
