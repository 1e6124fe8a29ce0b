"""The signals of the probe: what is measured inside a network on one fixed batch, before training and after epochs.

``History.signals`` holds them by these names, then by layer, or by ``MODEL`` for what concerns the whole model.
"""

from __future__ import annotations

MODEL = "model"
"""The key of a signal that belongs to no single layer; a model's layer of the same name gives way to it."""

GRADIENT_NORM = "gradient_norm"
"""Euclidean norm of the gradient of the probe batch's loss in inference mode, over the layer's trainable weights."""

GRADIENT_MEAN = "gradient_mean"
"""Mean absolute value of that gradient, over the layer's trainable weights."""

GRADIENT_ZEROS = "gradient_zeros"
"""Share (0 to 1) of that gradient's entries that are exactly zero, over the layer's kernels."""

WEIGHT_NORM = "weight_norm"
"""Euclidean norm of the layer's trainable weights."""

UPDATE_RATIO = "update_ratio"
"""Norm of what one step (the last of the epoch) changed in the layer's weights, over ``WEIGHT_NORM``; NaN at first."""

ACTIVATION_MEAN = "activation_mean"
"""Mean of the layer's outputs on the probe batch, in inference mode."""

ACTIVATION_SPREAD = "activation_spread"
"""Standard deviation of the layer's outputs on the probe batch, over rows and units."""

UNIT_SPREAD = "unit_spread"
"""Mean over units of the standard deviation over rows: how much the outputs depend on the inputs at all."""

DEAD_UNITS = "dead_units"
"""Share of units of a layer with a ReLU that are zero on every row of the probe batch; only such layers."""

SATURATED = "saturated"
"""Share of outputs of a bounded activation (sigmoid, tanh, ...) within 5% of its range from an end; only such layers,
the output layer excepted."""

INFERENCE_LOSS = "inference_loss"
"""``MODEL``: loss on a fixed sample of the training rows, weights held still and in inference mode."""

INFERENCE_ACCURACY = "inference_accuracy"
"""``MODEL``: share of that sample classified rightly; single-output classifiers only."""

COMMONEST_PREDICTION = "commonest_prediction"
"""``MODEL``: share of that sample for which the class predicted most often is predicted; classifiers only."""

PREDICTION_SPREAD = "prediction_spread"
"""``MODEL``: standard deviation of the predictions on that sample, over that of the targets; regression only."""
