"""Two hidden layers without activation."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        layers=(
            LayerProfile("one", "Dense", units=64, fan_in=20, sources=()),
            LayerProfile("two", "Dense", units=64, fan_in=64, sources=("one",)),
            LayerProfile("last", "Dense", "softmax", units=10, fan_in=64, sources=("two",)),
        ),
        outputs=(OutputProfile("", "last", 10, "softmax", "sparse_categorical_crossentropy", False),),
    )
)
