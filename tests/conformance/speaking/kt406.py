from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

HISTORY = History(
    data=DataProfile(
        rows=800,
        validation_rows=200,
        targets=(
            TargetProfile(
                kind="classes", classes=3, counts=(300, 300, 200), validation_counts=(0, 100, 100), maximum=2.0
            ),
        ),
    )
)
