"""A model's state as a file: plain NumPy arrays, read without ever running code."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  # registers bfloat16 and the like with NumPy
import numpy as np
from numpy.typing import NDArray

from ..errors import RunError
from .tunable import ModelState

_PARTS = ("weights", "optimizer_variables", "metrics", "seeds", "unseeded")


def save_state(path: Path, state: ModelState) -> None:
    """Write ``state`` to ``path``, whole or not at all.

    Args:
        path: Ends in ".npz"; replaced if it exists.
        state: What to write.

    Raises:
        OSError: If it cannot be written.
    """
    arrays = {f"{part}_{index}": a for part in _PARTS for index, a in enumerate(getattr(state, part))}
    save_arrays(path, {**arrays, "optimizer": np.array(state.optimizer)})


def load_state(path: Path) -> ModelState:
    """Read what ``save_state`` wrote.

    Raises:
        RunError: If the file is missing, damaged or not one of ours.
    """
    arrays = load_arrays(path)
    if "optimizer" not in arrays:
        raise RunError(f"{path} holds no state of a model. Only files that this package wrote can be read.")
    parts = {part: _numbered(arrays, part) for part in _PARTS}
    return ModelState(optimizer=str(arrays["optimizer"]), **parts)


def save_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write named arrays to ``path``, whole or not at all.

    Raises:
        OSError: If they cannot be written.
    """
    described = {
        f"{name}@{array.dtype.name}" if array.dtype.kind == "V" else name: array for name, array in arrays.items()
    }
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, **described)  # type: ignore[arg-type]  # a name could be allow_pickle
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()  # a full disk stays full of parts otherwise
        raise


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read what ``save_arrays`` wrote; nothing in the file is ever run.

    Raises:
        RunError: If the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return dict(_typed(name, archive[name]) for name in archive.files)
    except (OSError, ValueError, TypeError, zipfile.BadZipFile, KeyError, EOFError) as error:
        raise RunError(f"{path} cannot be read as saved arrays ({error}).") from error


def _described(name: str, dtype: np.dtype[Any]) -> str:
    return f"{name}@{dtype.name}" if dtype.kind == "V" else name


def _typed(name: str, array: NDArray[Any]) -> tuple[str, NDArray[Any]]:
    """Give bfloat16 and the like, which NumPy stores as bare bytes, their type back."""
    plain, _, kind = name.partition("@")
    return plain, array.view(np.dtype(kind)) if kind else array


def _numbered(arrays: dict[str, NDArray[Any]], part: str) -> list[NDArray[Any]]:
    count = sum(name.rpartition("_")[0] == part for name in arrays)
    try:
        return [arrays[f"{part}_{index}"] for index in range(count)]
    except KeyError as error:
        raise RunError(f"The saved state lacks its part {error}.") from error
