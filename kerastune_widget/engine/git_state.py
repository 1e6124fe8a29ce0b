"""What git says of a folder: its commit, and whether files changed since."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

_SECONDS = 2.0
_COMMAND = ("git", "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all")
_COMMIT = "# branch.oid "


class GitState(NamedTuple):
    """Attributes:
    commit: The commit that is checked out; empty when there is none, or no git.
    dirty: Whether files under version control differ from it; None when that is not known.
    """

    commit: str = ""
    dirty: bool | None = None


def git_state(folder: Path) -> GitState:
    """Return the state of the working copy that ``folder`` is in; nothing is written, not even git's index.

    Args:
        folder: Where to look; its parents are looked at too.
    """
    if not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return GitState()
    try:
        done = subprocess.run(
            _COMMAND,
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):  # no git, not ours to read, too slow
        return GitState()
    lines = done.stdout.splitlines()
    commit = next((line.removeprefix(_COMMIT) for line in lines if line.startswith(_COMMIT)), "")
    known = bool(commit) and commit.isalnum()  # "(initial)" before the first commit
    return GitState(commit, any(not line.startswith("#") for line in lines)) if known else GitState()
