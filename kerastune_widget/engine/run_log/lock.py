"""The lock of a log folder: one session writes into it at a time, and a dead one's lock is taken over."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

from ...core.text import Text
from ...errors import LogError

_HELD = Text(
    en="{folder} is written to by another session (process {pid} on {host}). Close that session "
    "(session.close()) or end its kernel, or choose another log_dir.",
    zh="{folder} 正由另一个会话写入（主机 {host} 上的进程 {pid}）。请关闭那个会话（session.close()）或结束它的内核，"
    "或者另选一个 log_dir。",
)
_CLAIM = 1 << 30  # the byte that is locked: far behind the text, which Windows would else not let others read
_ATTEMPTS = 5


class FolderLock:
    """Holds a folder for as long as this process lives, or until ``release``.

    The operating system holds the lock, so that it dies with the process, whatever kills it.

    Args:
        folder: An existing folder.

    Raises:
        LogError: If a living session holds it.
        OSError: If the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._stream: IO[bytes] | None = _claimed(self._path)

    def release(self) -> None:
        """Let the next one in."""
        stream, self._stream = self._stream, None
        if stream is not None:
            if sys.platform != "win32":  # which lets nobody delete an open file
                self._path.unlink(missing_ok=True)
            stream.close()


def holder(folder: Path) -> int | None:
    """Return the number of the living process that writes into ``folder``, or None."""
    path = folder / "lock"
    try:
        with path.open("r+b") as stream:
            if _try_lock(stream):
                return None
            return _said(path)[0]
    except OSError:
        return None


def _claimed(path: Path) -> IO[bytes]:
    for _ in range(_ATTEMPTS):
        stream = path.open("a+b")
        if _try_lock(stream) and _is_same(stream, path):
            _sign(stream)
            return stream
        stream.close()
        pid, host = _said(path)
        if pid is not None and host == socket.gethostname() and not _alive(pid):
            path.unlink(missing_ok=True)  # a child of its dead holder inherited the lock and lives on
        elif pid is not None:
            break
        time.sleep(0.05)
    pid, host = _said(path)
    raise LogError(_HELD.filled(folder=path.parent, pid=pid or "?", host=host or "?"))


def _sign(stream: IO[bytes]) -> None:
    """Say who holds it; only for the message that another one gets."""
    stream.truncate(0)
    stream.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "started": time.time()}).encode())
    stream.flush()


def _said(path: Path) -> tuple[int | None, str]:
    try:
        said = json.loads(path.read_bytes())
        return int(said["pid"]), str(said["host"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""


def _is_same(stream: IO[bytes], path: Path) -> bool:
    """Whether the file that is locked is still the one in the folder."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return False


def _alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # the system lets go of a dead process's locks, and there is no fork to inherit them
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _try_lock(stream: IO[bytes]) -> bool:
    """Lock ``stream`` if nobody else has; on a file system that knows no locks, the signature counts."""
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(_CLAIM)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pid, host = _said(Path(stream.name))
        return pid in (None, os.getpid()) or (host == socket.gethostname() and not _alive(pid))
    return True
