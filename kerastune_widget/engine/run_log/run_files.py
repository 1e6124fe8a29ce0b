"""The files of one run, as the writer's thread writes them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from ...core.events import Event
from ..checkpoints import Checkpoint
from ..state_file import save_arrays, save_state
from ..template import Weights
from .event_lines import describe
from .folder import RunFolder, replace_file
from .header import End, Header, header_bytes
from .strict_json import to_line


class RunFiles:
    """Writes one run. Every method may raise ``OSError``.

    Args:
        paths: Where.
        header: What the run is.

    Attributes:
        header: What ``run.json`` says, or will say.
        start: The weights that the run's history begins with, until they are written.
    """

    def __init__(self, paths: RunFolder, header: Header) -> None:
        self.header = header
        self.start: Weights | None = None
        self._paths = paths
        self._stream: IO[bytes] | None = None

    def begin(self, prefix: Iterable[Event]) -> None:
        """Make the folder, so that a run that is cut off here is known all the same."""
        self._paths.root.mkdir(parents=True, exist_ok=True)
        self._write_prefix(prefix)
        self.write_header()

    def write_header(self) -> None:
        """Replace ``run.json``."""
        replace_file(self._paths.header, header_bytes(self.header))

    def append(self, event: Event, at: float) -> None:
        """Add an event and hand it to the operating system; a line that could not be finished is taken back."""
        line = to_line(describe(event, at))
        stream = self._stream = self._stream or _opened(self._paths.events)
        if os.fstat(stream.fileno()).st_nlink == 0:
            raise FileNotFoundError(2, os.strerror(2), str(self._paths.events))
        if (written := stream.write(line)) != len(line):
            stream.truncate(stream.tell() - written)
            raise OSError(28, os.strerror(28), str(self._paths.events))

    def rewrite(self, prefix: Iterable[Event], own: Iterable[Event]) -> None:
        """Write the whole course anew."""
        self.close()
        self.begin(prefix)
        now = time.time()
        replace_file(self._paths.events, b"".join(to_line(describe(event, now)) for event in own))

    def save_start(self) -> None:
        """Write the weights that the run's history begins with, once."""
        if self.start is not None and not self._paths.start.exists():
            save_arrays(self._paths.start, {f"weights_{index}": weight for index, weight in enumerate(self.start)})
        self.start = None
        self.write_header()

    def save_end(self, end: Checkpoint) -> None:
        """Write how the run ended; ``run.json`` does not say so yet."""
        save_state(self._paths.end(end.step), end.state)
        self.header = self.header.ended(End(dict(end.values), end.epoch, end.step, end.step_in_epoch))

    def close(self) -> None:
        """Let go of the open file."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _write_prefix(self, prefix: Iterable[Event]) -> None:
        lines = [to_line(describe(event, self.header.started_at)) for event in prefix]
        if lines:
            replace_file(self._paths.prefix, b"".join(lines))


def _opened(path: Path) -> IO[bytes]:
    """Open a file of lines to append to; what a killed kernel left unfinished goes."""
    stream = path.open("ab", buffering=0)
    if size := stream.tell():
        whole = path.read_bytes().rfind(b"\n") + 1
        if whole < size:
            stream.truncate(whole)
    return stream
