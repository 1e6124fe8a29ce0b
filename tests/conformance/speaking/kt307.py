"""A hidden layer whose weights all start from zero."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        layers=(
            LayerProfile("one", "Dense", "relu", units=64, initializer="Zeros", fan_in=20, sources=()),
            LayerProfile("last", "Dense", units=1, initializer="Zeros", fan_in=64, sources=("one",)),
        ),
        outputs=(OutputProfile("", "last", 1, "linear", "mean_squared_error"),),
    )
)
