from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

HISTORY = History(
    data=DataProfile(
        rows=1000,
        targets=(TargetProfile(kind="classes", classes=4, counts=(250, 250, 250, 250), maximum=3.0),),
        neighbour_disagreement=0.22,
        neighbour_chance=0.75,
        inner_disagreement=0.2,
        sampled=1000,
    )
)
