"""Finds the runs of a log folder again: with data in a session that can go on, without in one that only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ...core.text import Text
from ...errors import LogError
from .folder import LogFolder, read_about
from .model_file import load_model
from .saved_session import SavedSession

_NO_LOG = Text(
    en="There is no log in {folder}: it has no kerastune.json. Give the folder that a session had as log_dir.",
    zh="{folder} 中没有日志：缺少 kerastune.json。请给出会话当时用作 log_dir 的文件夹。",
)
_NO_DATA = Text(
    en="{names} given without data. Give data too, to go on training; or only the folder, to look at its runs.",
    zh="给出了 {names}，但没有给出 data。要继续训练，请同时给出 data；只想查看运行，则只需给出文件夹。",
)

SessionType = TypeVar("SessionType")


def load_log(
    make: Callable[..., SessionType], folder: Path, model: Any, data: Any, options: Mapping[str, Any]
) -> SessionType | SavedSession:
    """Return a session with the runs of a log.

    Args:
        make: Makes a session that can train.
        folder: The log folder.
        model: The user's model; None for the one in the folder.
        data: What to train on; None only to read.
        options: What else to make the session with.

    Raises:
        LogError: If it is no log folder, its model cannot be loaded, or something was given that needs data.
    """
    log = LogFolder(folder)
    if not log.about.exists():
        raise LogError(_NO_LOG.filled(folder=folder))
    read_about(log)
    if data is not None:
        return make(load_model(log.model) if model is None else model, data, log_dir=folder, **options)
    given = [*(["model"] if model is not None else []), *options]
    if given:
        raise LogError(_NO_DATA.filled(names=", ".join(given)))
    return SavedSession(folder)
