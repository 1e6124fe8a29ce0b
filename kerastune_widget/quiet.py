"""Keeps TensorFlow's start-up chatter (oneDNN, missing CUDA) out of a teacher's notebook.

TensorFlow's C++ code writes it to the process's standard error before any log level counts, so while TensorFlow is
being imported for the first time that stream is put aside. When the import fails, what was said is shown after all.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType


def quiet_tensorflow() -> None:
    """Silence TensorFlow's start-up messages, unless it is imported already or log level "0" is asked for."""
    if "tensorflow" in sys.modules or os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # Python exceptions still tell every real error
    sys.meta_path.insert(0, _QuietFinder())


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Lets the ordinary finders find TensorFlow, until it was imported, and loads it with standard error put aside."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Take part in the import of "tensorflow" only."""
        if fullname != "tensorflow":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader, self)
        return spec


class _QuietLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, finder: _QuietFinder) -> None:
        self._loader, self._finder = loader, finder

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Leave it to the ordinary loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with standard error put aside."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        with _standard_error_aside():
            self._loader.exec_module(module)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)


@contextmanager
def _standard_error_aside() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            aside.seek(0)
            sys.stderr.write(aside.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


_expected = threading.local()


@contextmanager
def expected_retracing() -> Iterator[None]:
    """Keep TensorFlow from warning, of this thread, that functions are traced again and again: here it is meant so."""
    logger = logging.getLogger("tensorflow")
    if _drop_retracing not in logger.filters:
        logger.addFilter(_drop_retracing)
    before = getattr(_expected, "retracing", False)
    _expected.retracing = True
    try:
        yield
    finally:
        _expected.retracing = before


def _drop_retracing(record: logging.LogRecord) -> bool:
    """Return whether a message is to be shown."""
    return not (getattr(_expected, "retracing", False) and "tf.function retracing" in record.getMessage())
