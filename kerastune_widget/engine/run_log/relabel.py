"""Changes what a person said of a run in a log that no session is writing."""

from __future__ import annotations

from pathlib import Path

from .folder import LogFolder, cannot_write, in_file, replace_file
from .header import Labels, header_bytes
from .lock import FolderLock
from .reader import read_header


def relabel(folder: Path, number: int, labels: Labels, deleted_at: float | None) -> None:
    """Replace a run's ``run.json``, all else in it as it stands there now.

    Args:
        folder: The log folder.
        number: The run's number.
        labels: What a person says of it.
        deleted_at: When it was deleted, in seconds since 1970, or None.

    Raises:
        LogError: If a session is writing there, or the file cannot be read or replaced.
    """
    path = LogFolder(folder).run(number).header
    try:
        lock = FolderLock(folder)
        try:
            replace_file(path, header_bytes(read_header(path, number).labelled(labels, deleted_at)))
        finally:
            lock.release()
    except OSError as error:
        raise in_file(path, cannot_write(error)) from error
