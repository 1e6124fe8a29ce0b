"""The probe is traced for each model anew, which costs more than most tests here: it is on where it matters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import kerastune_widget as kt

WITH_PROBE = (
    "test_branch",
    "test_equals_fit",
    "test_probe",
    "test_proof",
    "test_run_log",
    "test_run_log_lines",
    "test_run_log_trouble",
)
"""What concerns the probe, and what must hold with everything on."""


@pytest.fixture(autouse=True, scope="module")
def no_probe_by_default(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let ``Session`` leave the probe out unless a test asks for it, or its module is one of ``WITH_PROBE``."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__.rpartition(".")[2] not in WITH_PROBE:
            patch.setitem(kt.Session.__init__.__kwdefaults__, "probe", False)
        yield
