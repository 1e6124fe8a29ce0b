"""Finds out where a session trains."""

from __future__ import annotations

import importlib
import os
import platform
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import keras
import numpy as np

from ..core.environment import Environment
from ..version import __version__
from .git_state import GitState, git_state

_TELLING: tuple[str, ...] = ("sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16")
_TELLING += ("amx_tile", "amx_bf16", "neon", "asimd", "asimddp", "bf16", "sve", "sve2")
"""Instruction sets by which Eigen, oneDNN and BLAS choose how to add and multiply."""

_PATIENCE = 0.5  # seconds that a run's beginning may wait for git
_FRESH = 10.0  # seconds for which an answer of git's holds: runs may follow each other faster than git answers


class EnvironmentRecord:
    """The record of one session: what git says of the folder is asked anew for a later run, the rest stays.

    Args:
        strict: Whether the session trains in strict mode.
        folder: Whose git state belongs to it; None for the working folder of now.
    """

    def __init__(self, *, strict: bool, folder: Path | None = None) -> None:
        self._strict, self._folder = strict, folder or _working_folder()
        self._git = GitState()
        self._asking: Thread | None = None
        self._asked = 0.0
        self._rest: Environment | None = None

    def begin(self) -> None:
        """Let git answer on a thread of its own, so that nobody waits for a slow disk."""
        if self._asking is not None and (self._asking.is_alive() or monotonic() - self._asked < _FRESH):
            return
        self._asked = monotonic()
        self._asking = Thread(target=self._ask, name="kerastune-git", daemon=True)
        self._asking.start()

    @property
    def environment(self) -> Environment:
        """The record, without fingerprints of data and model; takes some milliseconds at first."""
        if self._asking is None:
            self.begin()
        assert self._asking is not None
        self._asking.join(_PATIENCE)
        if self._rest is None:
            self._rest = gather(strict=self._strict)
        return replace(self._rest, git_commit=self._git.commit, git_dirty=self._git.dirty)

    def _ask(self) -> None:
        if self._folder is not None:
            self._git = git_state(self._folder)


def gather(*, strict: bool = False, git: GitState | None = None) -> Environment:
    """Return the record of this process.

    Args:
        strict: Whether training is in strict mode.
        git: State of the working folder; None for unknown.
    """
    backend = keras.backend.backend()
    intra, inter = _threads(backend)
    state = git or GitState()
    return Environment(
        python=platform.python_version(),
        keras=keras.__version__,
        backend=backend,
        backend_version=_version(backend),
        numpy=np.__version__,
        package=__version__,
        system=_system(),
        processor=_processor(),
        features=_features(),
        cores=_cores(),
        intra_threads=intra,
        inter_threads=inter,
        onednn=_onednn() if backend == "tensorflow" else None,
        gpus=_gpus(backend),
        strict=strict,
        git_commit=state.commit,
        git_dirty=state.dirty,
    )


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return None


@cache
def _version(module: str) -> str:
    try:
        return str(importlib.import_module(module).__version__)
    except (ImportError, AttributeError):
        pass
    try:
        return version(module)
    except PackageNotFoundError:
        return ""


@cache
def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}".strip()


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 0


@cache
def _cpuinfo() -> dict[str, str]:
    """Return what Linux says of the first processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _processor() -> str:
    told = _cpuinfo()
    return told.get("model name") or told.get("cpu implementer", "") or platform.processor() or platform.machine()


def _features() -> tuple[str, ...]:
    told = _cpuinfo()
    flags = set((told.get("flags") or told.get("features") or "").split())
    return tuple(name for name in _TELLING if name in flags)


def _threads(backend: str) -> tuple[int, int]:
    """Return the threads within an operation, and the operations at a time, as they are in effect."""
    if backend == "torch":
        torch: Any = importlib.import_module("torch")
        return int(torch.get_num_threads()), int(torch.get_num_interop_threads())
    if backend != "tensorflow":
        return 0, 0
    import tensorflow as tf

    asked = tf.config.threading
    return (
        asked.get_intra_op_parallelism_threads() or _number("TF_NUM_INTRAOP_THREADS") or _cores(),
        asked.get_inter_op_parallelism_threads() or _number("TF_NUM_INTEROP_THREADS") or _cores(),
    )


def _number(variable: str) -> int:
    text = os.environ.get(variable, "").strip()
    return int(text) if text.isdigit() else 0


@cache
def _onednn() -> bool | None:
    try:  # TensorFlow does not say so by any public name; the variable tells only when somebody set it
        from tensorflow.python.util import _pywrap_util_port

        return bool(_pywrap_util_port.IsMklEnabled())
    except (ImportError, AttributeError):
        chosen = os.environ.get("TF_ENABLE_ONEDNN_OPTS", "").strip().lower()
        return {"0": False, "false": False, "1": True, "true": True}.get(chosen)


@cache
def _gpus(backend: str) -> tuple[str, ...]:
    try:
        if backend == "tensorflow":
            import tensorflow as tf

            return tuple(_gpu_name(tf, device) for device in tf.config.list_physical_devices("GPU"))
        if backend == "torch":
            torch: Any = importlib.import_module("torch")
            return tuple(torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
        if backend == "jax":
            jax: Any = importlib.import_module("jax")
            return tuple(str(device.device_kind) for device in jax.devices() if device.platform == "gpu")
    except RuntimeError:  # a driver that does not answer
        pass
    return ()


def _gpu_name(tf: Any, device: Any) -> str:
    return str(tf.config.experimental.get_device_details(device).get("device_name", device.name))
