"""Where everything lies in a log folder, and how a file is replaced whole."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.text import Text
from ...errors import LogError
from ...version import __version__
from .fields import Fields
from .strict_json import from_json, to_document

FORMAT = 1

_NUMBERED = re.compile(r"\d{4,9}")

_AT = Text(en="{file}: {what}.", zh="{file}：{what}。")
_AT_LINE = Text(en="{file}, line {line}: {what}.", zh="{file} 第 {line} 行：{what}。")
_NO_JSON = Text(en="not valid JSON ({why})", zh="不是有效的 JSON（{why}）")
_UNREADABLE = Text(en="it cannot be read ({why})", zh="无法读取（{why}）")
_UNWRITABLE = Text(en="it cannot be written ({why})", zh="无法写入（{why}）")
_NEWER = Text(
    en="it is of format {found}, and this version of kerastune-widget ({version}) reads format {known}; upgrade it",
    zh="它的格式是 {found}，而这个版本的 kerastune-widget（{version}）只能读取格式 {known}；请升级",
)


@dataclass(frozen=True)
class LogFolder:
    """A log folder's paths.

    Attributes:
        root: The folder.
    """

    root: Path

    @property
    def about(self) -> Path:
        """What the folder is."""
        return self.root / "kerastune.json"

    @property
    def model(self) -> Path:
        """The user's model."""
        return self.root / "model.keras"

    def run(self, number: int) -> RunFolder:
        """Return the paths of one run."""
        return RunFolder(self.root / "runs" / f"{number:04d}")

    def numbers(self) -> list[int]:
        """Return the numbers of all runs that have a folder, ascending."""
        try:
            names = [entry.name for entry in os.scandir(self.root / "runs") if entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted({int(name) for name in names if _NUMBERED.fullmatch(name)} - {0})


@dataclass(frozen=True)
class RunFolder:
    """The paths of one run.

    Attributes:
        root: Its folder.
    """

    root: Path

    @property
    def header(self) -> Path:
        """What the run is."""
        return self.root / "run.json"

    @property
    def prefix(self) -> Path:
        """The events taken over from its parent."""
        return self.root / "prefix.jsonl"

    @property
    def events(self) -> Path:
        """Its own events."""
        return self.root / "events.jsonl"

    @property
    def start(self) -> Path:
        """The weights that its history begins with."""
        return self.root / "start.npz"

    def end(self, step: int) -> Path:
        """What training moves, as it stood when training ended at this step."""
        return self.root / f"end-{step}.npz"


@dataclass(frozen=True)
class About:
    """What ``kerastune.json`` says.

    Attributes:
        defaults: What the settings of the session that wrote last were at first.
        package: Version that wrote it.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    package: str = __version__


def write_about(folder: LogFolder, about: About) -> None:
    """Write ``kerastune.json``.

    Raises:
        OSError: If it cannot be written.
    """
    values = {"format": FORMAT, "package": about.package, "defaults": about.defaults}
    replace_file(folder.about, to_document(values))


def read_about(folder: LogFolder) -> About:
    """Read ``kerastune.json``.

    Raises:
        LogError: If it is missing, damaged or of a later format.
    """
    values = read_document(folder.about)
    try:
        fields = Fields(values)
        found = fields.whole("format", 1)
        if found > FORMAT:
            raise LogError(_NEWER.filled(found=found, known=FORMAT, version=__version__))
        return About(fields.mapping("defaults"), fields.text("package"))
    except LogError as error:
        raise in_file(folder.about, error) from None


def read_document(path: Path) -> Any:
    """Return the JSON of a whole file.

    Raises:
        LogError: If it is missing or no JSON.
    """
    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise in_file(path, cannot_read(error)) from error
    except ValueError as error:
        raise in_file(path, no_json(error)) from error


def cannot_read(error: OSError) -> LogError:
    """Return the error that says why a file cannot be read."""
    return LogError(_UNREADABLE.filled(why=error.strerror or error))


def cannot_write(error: OSError) -> LogError:
    """Return the error that says why a file cannot be written."""
    return LogError(_UNWRITABLE.filled(why=error.strerror or error))


def no_json(error: ValueError) -> LogError:
    """Return the error that says why some text is no JSON."""
    return LogError(_NO_JSON.filled(why=error))


def in_file(path: Path, error: LogError, line: int | None = None) -> LogError:
    """Return ``error`` with the file, and the line, that it is about."""
    if line is None:
        return LogError(_AT.filled(file=path, what=error.text))
    return LogError(_AT_LINE.filled(file=path, line=line, what=error.text))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also when the power fails.

    Raises:
        OSError: If it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
