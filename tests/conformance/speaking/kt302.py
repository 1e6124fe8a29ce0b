"""Accuracy where one quantity is predicted."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        layers=(LayerProfile("dense", "Dense", units=1, sources=()),),
        outputs=(OutputProfile("", "dense", 1, "linear", "mean_squared_error", None, ("accuracy",)),),
    )
)
