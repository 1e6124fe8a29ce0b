"""A model of which nothing is trainable."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile

HISTORY = History(
    model=ModelProfile(
        layers=(LayerProfile("dense", "Dense", units=4, parameters=20, trainable=False, sources=()),),
        parameters=20,
    )
)
