"""Checkpoints within their budgets, and states as files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from kerastune_widget.engine.checkpoint_keeper import CheckpointKeeper
from kerastune_widget.engine.checkpoints import Checkpoint, CheckpointStore
from kerastune_widget.engine.dataset import ArrayData, Dataset
from kerastune_widget.engine.fingerprint import data_fingerprint, weights_fingerprint
from kerastune_widget.engine.state_file import load_state, save_state
from kerastune_widget.engine.tunable import ModelState
from kerastune_widget.errors import RunError

SIZE = 800  # bytes of one state


def state(number: float = 0.0) -> ModelState:
    return ModelState([np.full(100, number)], "adam", [], [], [])


def checkpoint(epoch: int) -> Checkpoint:
    return Checkpoint(state(epoch), {"learning_rate": 0.1}, epoch, 10 * epoch)


def test_what_is_over_the_budget_is_on_disk_and_reads_the_same() -> None:
    store = CheckpointStore(budget=2 * SIZE)
    for epoch in range(1, 8):
        store.keep(1, checkpoint(epoch))
    for epoch in range(1, 8):
        kept = store.get(1, epoch)
        assert kept.state.weights[0][0] == epoch and kept.step == 10 * epoch and kept.values == {"learning_rate": 0.1}
    store.close()
    assert store.memory_bytes == store.disk_bytes == 0


def test_memory_never_holds_more_than_the_budget_and_what_is_being_written() -> None:
    store = CheckpointStore(budget=2 * SIZE)
    for epoch in range(1, 30):
        store.keep(1, checkpoint(epoch))
        assert store.memory_bytes <= 3 * SIZE
    store.close()


def test_the_oldest_leave_the_disk_when_it_holds_too_much() -> None:
    store = CheckpointStore(budget=0, disk_budget=3 * SIZE)
    for epoch in range(1, 10):
        store.keep(1, checkpoint(epoch))
    store.keep(2, checkpoint(1))
    assert store.epochs(1)[-1] == 9 and len(store.epochs(1)) <= 5 and store.epochs(2) == [1]
    with pytest.raises(RunError, match="after epoch 1 is kept"):
        store.get(1, 1)
    store.close()


def test_forgetting_a_run_leaves_the_others() -> None:
    store = CheckpointStore()
    store.keep(1, checkpoint(1))
    store.keep(2, checkpoint(1))
    store.forget(1)
    assert (store.epochs(1), store.epochs(2), store.memory_bytes) == ([], [1], SIZE)


def test_cheap_checkpoints_are_taken_after_every_epoch() -> None:
    store = CheckpointStore()
    keeper = CheckpointKeeper(store, lambda: None)
    for epoch in range(1, 6):
        keeper.keep(1, lambda epoch=epoch: checkpoint(epoch), last=False)
    assert store.epochs(1) == [1, 2, 3, 4, 5]


def test_expensive_ones_are_thinned_but_the_last_is_kept() -> None:
    import time

    def take(epoch: int) -> Checkpoint:
        time.sleep(0.02)
        return checkpoint(epoch)

    store = CheckpointStore()
    keeper = CheckpointKeeper(store, lambda: None)
    for epoch in range(1, 9):
        keeper.keep(1, lambda epoch=epoch: take(epoch), last=epoch == 8)
    kept = store.epochs(1)
    assert kept[0] == 1 and kept[-1] == 8 and len(kept) < 8


def test_a_state_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    half = np.arange(3).astype(ml_dtypes.bfloat16)
    made = ModelState([half, np.ones((2, 2), "float16")], "sgd", [np.array(3)], [], [np.array([1, 0], "uint32")])
    save_state(tmp_path / "state.npz", made)
    read = load_state(tmp_path / "state.npz")
    assert read.optimizer == "sgd" and read.metrics == []
    for part in ("weights", "optimizer_variables", "seeds"):
        for old, new in zip(getattr(made, part), getattr(read, part), strict=True):
            assert old.dtype == new.dtype
            np.testing.assert_array_equal(old, new)
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]


def test_no_code_of_a_file_is_run(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    np.savez(path, optimizer=np.array("adam"), weights_0=np.array([Exploding()], dtype=object))
    with pytest.raises(RunError, match="cannot be read"):
        load_state(path)


class Exploding:
    def __reduce__(self) -> object:
        return (pytest.fail, ("code of a file was run",))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 torn"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"state\.npz"):
        load_state(path)
    with pytest.raises(RunError, match=r"nowhere\.npz"):
        load_state(tmp_path / "nowhere.npz")


def test_fingerprints_tell_equal_from_different() -> None:
    weights = [np.arange(6.0).reshape(2, 3), np.zeros(2)]
    assert weights_fingerprint(weights) == weights_fingerprint([w.copy() for w in weights])
    assert weights_fingerprint(weights) != weights_fingerprint([weights[0].reshape(3, 2), weights[1]])
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4)
    whole = data_fingerprint(Dataset(ArrayData(x, y)))
    assert whole == data_fingerprint(Dataset(ArrayData(x.copy(), y.copy())))
    assert whole != data_fingerprint(Dataset(ArrayData(x, y[::-1])))
    assert whole != data_fingerprint(Dataset(ArrayData(x, y), ArrayData(x, y)))


def test_no_place_on_disk_costs_checkpoints_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    store = CheckpointStore(budget=SIZE)
    for epoch in (1, 2, 3):
        store.keep(1, checkpoint(epoch))
    assert store.epochs(1) == [3] and store.memory_bytes == SIZE


def test_a_file_that_could_not_be_written_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(stream: Any, **arrays: object) -> None:
        stream.write(b"some")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fill)
    with pytest.raises(OSError, match="No space"):
        save_state(tmp_path / "state.npz", state())
    assert not list(tmp_path.iterdir())
