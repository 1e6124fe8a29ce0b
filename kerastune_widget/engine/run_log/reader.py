"""Reads a log folder back as plain data; a damaged run is reported and spoils no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.events import Event, RunEnded
from ...core.text import Text
from ...core.training import Parent
from ...errors import LogError
from .course import Course
from .event_lines import read_event
from .folder import LogFolder, RunFolder, cannot_read, in_file, no_json, read_about
from .header import Header, parse_header
from .strict_json import from_json

_OTHER_NUMBER = Text(
    en="it says run {said}, but lies in the folder of run {number}",
    zh="它是第 {said} 次运行，却位于第 {number} 次运行的文件夹中",
)
_MISSING_PREFIX = Text(
    en="it must hold the {epochs} epochs taken over from run {run}; found {found}",
    zh="它应包含从第 {run} 次运行继承的 {epochs} 轮，实际有 {found} 轮",
)


@dataclass(frozen=True)
class SavedRun:
    """One run as its folder has it.

    Attributes:
        header: What ``run.json`` says.
        prefix: For a branch, the events taken over from its parent.
        events: Its own events; the last one is always a ``RunEnded``, made up when the log has none.
        folder: Where it lies.
    """

    header: Header
    prefix: Sequence[Event]
    events: Sequence[Event]
    folder: RunFolder


@dataclass(frozen=True)
class Damage:
    """A run that could not be read; its folder is left as it is.

    Attributes:
        number: Its number.
        error: What is wrong, and where.
    """

    number: int
    error: LogError


def read_runs(folder: Path) -> tuple[list[SavedRun], list[Damage]]:
    """Return all runs of a log folder, in order, and those that are damaged.

    Raises:
        LogError: If it is no log folder, or of a later format.
    """
    log = LogFolder(folder)
    read_about(log)
    runs, damages = [], []
    for number in log.numbers():
        paths = log.run(number)
        if not paths.header.exists() and not paths.events.exists():
            continue  # the kernel was killed while it was made
        try:
            runs.append(read_run(paths, number))
        except LogError as error:
            damages.append(Damage(number, error))
    return runs, damages


def read_run(paths: RunFolder, number: int) -> SavedRun:
    """Return one run.

    Raises:
        LogError: If anything but a torn last line is wrong; it names file and line.
    """
    header = read_header(paths.header, number)
    course = Course(number)
    prefix: list[Event] = []
    if header.parent is not None:
        prefix = _read_events(paths.prefix, course)
        if course.epochs != header.parent.epochs:
            raise in_file(paths.prefix, _lacking(header.parent, course.epochs))
    events = _read_events(paths.events, course) if paths.events.exists() else []
    if course.going_on or not events:
        events.append(RunEnded(number, status="interrupted", seconds=course.seconds))
    return SavedRun(header, prefix, events, paths)


def _lacking(parent: Parent, found: int) -> LogError:
    return LogError(_MISSING_PREFIX.filled(epochs=parent.epochs, run=parent.run, found=found))


def read_header(path: Path, number: int) -> Header:
    """Return what ``run.json`` says.

    Raises:
        LogError: If it is missing or wrong.
    """
    try:
        header = parse_header(_content(path))
        if header.number != number:
            raise LogError(_OTHER_NUMBER.filled(said=header.number, number=number))
    except LogError as error:
        raise in_file(path, error) from None
    except ValueError as error:
        raise in_file(path, no_json(error)) from error
    return header


def _read_events(path: Path, course: Course) -> list[Event]:
    """Read the events of a file; what follows its last line end was torn off and is dropped."""
    try:
        lines = _content(path).split(b"\n")[:-1]
    except LogError as error:
        raise in_file(path, error) from None
    events = []
    for line, content in enumerate(lines, start=1):
        try:
            event, at = read_event(course.run, _json(content))
            course.follow(event, at)
        except LogError as error:
            raise in_file(path, error, line) from None
        events.append(event)
    return events


def _json(content: bytes) -> Any:
    try:
        return from_json(content)
    except ValueError as error:
        raise no_json(error) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_read(error) from error
