"""Validation loss turns up after a third of the run, while validation accuracy still climbs."""

import numpy as np

from kerastune_widget.core.history import History

EPOCHS = np.arange(30)
HISTORY = History(
    epochs={
        "loss": 2 * np.exp(-EPOCHS / 5),
        "val_loss": 0.6 + np.abs(EPOCHS - 10) / 25,
        "accuracy": 1 - 0.8 * np.exp(-EPOCHS / 5),
        "val_accuracy": 0.9 - 0.5 * np.exp(-EPOCHS / 10),
    },
    facts={"validation_rows": 2000, "classes": 5},
)
