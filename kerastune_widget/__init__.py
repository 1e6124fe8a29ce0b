"""KerasTune: interactive tuning of Keras models in Jupyter.

Names are imported on first use, so that ``import kerastune_widget`` is quick and ``diagnose`` never loads TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import Any

from .quiet import quiet_tensorflow
from .version import __version__

quiet_tensorflow()

_HOMES = {
    "DataError": ".errors",
    "Diagnosis": ".core.diagnosis",
    "DiagnosisCallback": ".engine.callback",
    "Finding": ".core.diagnosis",
    "HyperparameterError": ".errors",
    "KerasTuneError": ".errors",
    "ModelError": ".errors",
    "Run": ".engine.run",
    "Session": ".engine.session",
    "TuneWidget": ".widget",
    "audit": ".auditing",
    "compare": ".core.comparison",
    "diagnose": ".diagnosing",
    "lr_range_test": ".range_testing",
}

__all__ = [
    "DataError",
    "Diagnosis",
    "DiagnosisCallback",
    "Finding",
    "HyperparameterError",
    "KerasTuneError",
    "ModelError",
    "Run",
    "Session",
    "TuneWidget",
    "__version__",
    "audit",
    "compare",
    "diagnose",
    "lr_range_test",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
