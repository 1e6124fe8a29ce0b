from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

HISTORY = History(
    hyperparameters={"shuffle": False},
    data=DataProfile(
        rows=300,
        targets=(TargetProfile(kind="classes", classes=3, counts=(100, 100, 100), maximum=2.0),),
        order_dependence=1.0,
    ),
)
