"""Dropout of nine tenths."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile

HISTORY = History(
    hyperparameters={"dropout": 0.9},
    model=ModelProfile(layers=(LayerProfile("dropout", "Dropout", dropout=0.9, sources=()),)),
)
