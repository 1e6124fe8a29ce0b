"""Two hundred rows of two classes, two thirds of them in one: the model found only that."""

import numpy as np

from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History

TARGET = TargetProfile(kind="binary", classes=2, counts=(200, 100), trivial={"accuracy": 0.66, "cross_entropy": 0.64})
HISTORY = History(
    epochs={
        "loss": np.tile([0.64, 0.645], 10),
        "val_loss": np.tile([0.642, 0.644], 10),
        "accuracy": np.tile([0.66, 0.665], 10),
        "val_accuracy": np.full(20, 0.66),
    },
    facts={"classes": 2, "loss_name": "binary_crossentropy", "training_rows": 300, "validation_rows": 200},
    data=DataProfile(rows=300, validation_rows=200, targets=(TARGET,)),
)
