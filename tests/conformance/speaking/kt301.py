"""Softmax over a single unit."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        layers=(LayerProfile("dense", "Dense", "softmax", units=1, sources=()),),
        outputs=(OutputProfile("", "dense", 1, "softmax", "binary_crossentropy", False, ("accuracy",)),),
    )
)
