"""A tanh layer that stands at the ends of its range from the start."""

import numpy as np

from kerastune_widget.core.history import History

HISTORY = History(
    epochs={"loss": np.tile([2.3, 2.31], 10), "val_loss": np.tile([2.31, 2.3], 10)},
    signals={"saturated": {"first": [0.95] * 21, "second": [0.2] * 21}},
)
