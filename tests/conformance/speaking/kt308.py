"""An L2 penalty of one half on every kernel."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile

HISTORY = History(
    model=ModelProfile(
        layers=(
            LayerProfile("one", "Dense", "relu", units=64, parameters=640, l2=0.5, sources=()),
            LayerProfile("two", "Dense", "relu", units=64, parameters=4160, l2=0.5, sources=("one",)),
        )
    )
)
