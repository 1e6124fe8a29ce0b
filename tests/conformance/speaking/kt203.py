"""A hidden layer that dies in the third epoch."""

import numpy as np

from kerastune_widget.core.history import History

HISTORY = History(
    epochs={"loss": np.tile([2.3, 2.31], 10), "val_loss": np.tile([2.31, 2.3], 10)},
    signals={"dead_units": {"first": [0.1, 0.1, 0.1, *[1.0] * 18], "second": [0.2] * 21}},
)
