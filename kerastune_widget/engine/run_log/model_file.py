"""The user's model in a log folder: written where Keras can, read in Keras's safe mode only."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import keras

from ...core.text import Text
from ...errors import LogError
from ..failure import one_line

logger = logging.getLogger(__name__)

_NO_MODEL = Text(
    en="{folder} holds no model: Keras could not save it. Give it again: Session.load({folder!r}, model, data).",
    zh="{folder} 中没有模型：Keras 当时无法保存它。请重新提供：Session.load({folder!r}, model, data)。",
)
_REFUSED = Text(
    en="{file} cannot be loaded in Keras's safe mode, which runs no code from a file ({why}). Give the model itself: "
    "Session.load({folder!r}, model, data).",
    zh="{file} 无法以 Keras 的安全模式加载（安全模式不会运行文件中的代码；{why}）。请直接提供模型："
    "Session.load({folder!r}, model, data)。",
)


def save_model(path: Path, model: Any) -> None:
    """Write ``model`` if Keras can; if not, the log goes without, and an older file goes too unless the disk failed.

    Args:
        path: Ends in ".keras"; replaced if it exists.
        model: A compiled Keras model; it is not changed.
    """
    temporary = path.with_name(f".part-{path.name}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save(temporary)
        os.replace(temporary, path)
    except OSError as error:  # a full disk is no reason to lose the model that is there
        logger.warning("The model was not written to %s: %s", path, one_line(error))
        temporary.unlink(missing_ok=True)
    except Exception as error:  # anything in the user's own layers may fail
        logger.info("The model was not written to %s: %s", path, one_line(error))
        temporary.unlink(missing_ok=True)
        path.unlink(missing_ok=True)


def load_model(path: Path) -> Any:
    """Return the model that ``save_model`` wrote; nothing in the file is run, whatever Keras was told before.

    Raises:
        LogError: If there is none, or it needs code that only the user has.
    """
    folder = str(path.parent)
    if not path.exists():
        raise LogError(_NO_MODEL.filled(folder=folder))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it holds no state of an optimizer that never trained
            return keras.saving.load_model(path, safe_mode=True)
    except Exception as error:
        raise LogError(_REFUSED.filled(file=path, why=one_line(error), folder=folder)) from error
