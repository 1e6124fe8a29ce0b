"""A rate of 0.5 with Adam, and a loss that jumps about where it began."""

import numpy as np

from kerastune_widget.core.history import History

HISTORY = History(
    epochs={"loss": np.tile([2.4, 2.5], 10), "val_loss": np.tile([2.5, 2.4], 10)},
    hyperparameters={"learning_rate": 0.5, "optimizer": "adam"},
    signals={"update_ratio": {"dense": [np.nan, *[0.3] * 20]}},
)
