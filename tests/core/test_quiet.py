"""What TensorFlow says is dropped where it is meant so, and nowhere else."""

from __future__ import annotations

import logging

import pytest

from kerastune_widget.quiet import expected_retracing


def test_retracing_that_is_meant_is_not_warned_of_and_nothing_else_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tensorflow")
    logger.addHandler(caplog.handler)
    try:
        with expected_retracing():
            logger.warning("5 out of the last 7 calls triggered tf.function retracing.")
            logger.warning("Something else.")
        logger.warning("6 out of the last 8 calls triggered tf.function retracing.")
    finally:
        logger.removeHandler(caplog.handler)
    assert list(dict.fromkeys(caplog.messages)) == [
        "Something else.",
        "6 out of the last 8 calls triggered tf.function retracing.",
    ]
