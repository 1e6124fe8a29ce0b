from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

HISTORY = History(
    data=DataProfile(rows=1000, targets=(TargetProfile(kind="binary", classes=2, counts=(950, 50), maximum=1.0),))
)
