"""Batch normalisation with batches of four rows."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile

HISTORY = History(
    hyperparameters={"batch_size": 4},
    facts={"training_rows": 1000},
    model=ModelProfile(
        layers=(LayerProfile("norm", "BatchNormalization", parameters=16, normalizes=True, sources=()),)
    ),
)
