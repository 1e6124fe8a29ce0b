"""Training loss falls, and training accuracy with it."""

import numpy as np

from kerastune_widget.core.history import History

FALL = np.exp(-np.arange(20) / 6)
HISTORY = History(epochs={"loss": 0.5 + 2 * FALL, "val_loss": 0.6 + 2 * FALL, "accuracy": 0.2 + 0.5 * FALL})
