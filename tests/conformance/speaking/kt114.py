"""Validation loss is half the training loss, and inference mode does not bring the training rows down to it."""

import numpy as np

from kerastune_widget.core.history import History
from kerastune_widget.core.signals import INFERENCE_LOSS, MODEL

FALL = np.exp(-np.arange(20) / 3)
HISTORY = History(
    epochs={"loss": 0.6 + FALL, "val_loss": 0.3 + 0.8 * FALL},
    facts={"validation_rows": 1000, "training_rows": 4000},
    signals={INFERENCE_LOSS: {MODEL: (1.7, *(0.58 + FALL))}},
)
