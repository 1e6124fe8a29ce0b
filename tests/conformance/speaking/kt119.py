"""Batch normalisation in batches of 4: training loss falls, the same rows in inference mode stay at chance."""

import numpy as np

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile
from kerastune_widget.core.signals import INFERENCE_LOSS, MODEL

TRAIN = 0.3 + 2 * np.exp(-np.arange(12) / 3)
HISTORY = History(
    epochs={"loss": TRAIN, "val_loss": np.full(12, 2.2), "accuracy": 1 - TRAIN / 3, "val_accuracy": np.full(12, 0.2)},
    hyperparameters={"batch_size": 4},
    signals={INFERENCE_LOSS: {MODEL: (2.3, *np.linspace(2.25, 2.15, 12))}},
    model=ModelProfile(layers=(LayerProfile("dense", "Dense"), LayerProfile("bn", "BatchNormalization"))),
)
