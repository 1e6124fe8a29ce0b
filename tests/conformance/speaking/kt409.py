from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

HISTORY = History(
    data=DataProfile(
        rows=500,
        targets=(TargetProfile(kind="binary", classes=2, counts=(250, 250), maximum=1.0),),
        duplicates=0.3,
        contradictions=0.2,
        sampled=500,
    )
)
