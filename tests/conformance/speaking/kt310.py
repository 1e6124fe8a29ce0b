"""One hidden unit in front of ten classes."""

from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        layers=(
            LayerProfile("one", "Dense", "relu", units=1, fan_in=20, sources=()),
            LayerProfile("last", "Dense", "softmax", units=10, fan_in=1, sources=("one",)),
        ),
        outputs=(OutputProfile("", "last", 10, "softmax", "sparse_categorical_crossentropy", False),),
    ),
    data=DataProfile(rows=100, targets=(TargetProfile(kind="classes", classes=10, counts=(10,) * 10, maximum=9.0),)),
)
