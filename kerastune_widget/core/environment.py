"""Where a run was trained: versions, processor, threads, data, model and code; two such records compared in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .text import Text

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch", "numpy": "NumPy", "openvino": "OpenVINO"}
"""What the backends of Keras are called."""


@dataclass(frozen=True)
class Environment:
    """What besides settings decides the numbers of a run. Plain data; what is not known is empty, 0 or None.

    Attributes:
        python: Version of Python, such as "3.12.3".
        keras: Version of Keras.
        backend: Which backend of Keras: "tensorflow", "jax" or "torch".
        backend_version: Its version.
        numpy: Version of NumPy.
        package: Version of kerastune_widget.
        system: Operating system, its release and the architecture.
        processor: Model of the processor.
        features: Of its instruction sets, those that numerical code picks its way by, such as "avx2" and "fma".
        cores: Logical processors that this process may use.
        intra_threads: Threads that one operation is shared out over; 0 when not known.
        inter_threads: Operations that may run at a time; 0 when not known.
        onednn: Whether TensorFlow uses oneDNN; None when that is not known or there is no TensorFlow.
        gpus: Names of the GPUs that the backend sees.
        strict: Whether the session trained in strict mode.
        data_id: Fingerprint of training and validation data; empty for a stream.
        model_id: Fingerprint of the model.
        git_commit: Commit of the working folder; empty when it is under no version control.
        git_dirty: Whether files under version control had changes; None when it is under none.
    """

    python: str = ""
    keras: str = ""
    backend: str = ""
    backend_version: str = ""
    numpy: str = ""
    package: str = ""
    system: str = ""
    processor: str = ""
    features: tuple[str, ...] = ()
    cores: int = 0
    intra_threads: int = 0
    inter_threads: int = 0
    onednn: bool | None = None
    gpus: tuple[str, ...] = ()
    strict: bool = False
    data_id: str = ""
    model_id: str = ""
    git_commit: str = ""
    git_dirty: bool | None = None

    @property
    def backend_title(self) -> str:
        """What the backend is called."""
        return BACKENDS.get(self.backend, self.backend)

    def about(self, *, data_id: str, model_id: str) -> Environment:
        """Return the same with the fingerprints of a run's data and model."""
        return replace(self, data_id=data_id, model_id=model_id)

    @property
    def lines(self) -> tuple[tuple[Text, str], ...]:
        """What is known, as (title, value) pairs in the order to show them."""
        return tuple((title, value) for title, value in _lines(self) if value)

    def __str__(self) -> str:
        return "\n".join(f"{title.en}: {value}" for title, value in self.lines)


_TITLES = {
    "keras": Text.same("Keras"),
    "python": Text.same("Python"),
    "numpy": Text.same("NumPy"),
    "package": Text.same("kerastune_widget"),
    "system": Text(en="System", zh="操作系统"),
    "processor": Text(en="Processor", zh="处理器"),
    "features": Text(en="Instruction sets", zh="指令集"),
    "cores": Text(en="Logical processors", zh="逻辑处理器数"),
    "intra_threads": Text(en="Threads within an operation", zh="单个运算内的线程数"),
    "inter_threads": Text(en="Operations at a time", zh="并行运算数"),
    "onednn": Text.same("oneDNN"),
    "gpus": Text.same("GPU"),
    "strict": Text(en="Strict mode", zh="严格模式"),
    "data_id": Text(en="Data fingerprint", zh="数据指纹"),
    "model_id": Text(en="Model fingerprint", zh="模型指纹"),
    "git_commit": Text(en="Git commit", zh="Git 提交"),
}
_CHANGED_FILES = " +"  # behind a commit: with changes that it does not have


def _lines(one: Environment) -> Iterator[tuple[Text, str]]:
    yield Text.same(one.backend_title), one.backend_version
    for name, title in _TITLES.items():
        value = getattr(one, name)
        if name == "git_commit":
            value = value[:12] + (_CHANGED_FILES if one.git_dirty else "")
        elif isinstance(value, bool):
            value = "✓" if value else "✗"
        elif isinstance(value, tuple):
            value = ", ".join(value)
        yield title, str(value) if value is not None and value != 0 else ""


_VERSIONS = Text(en="{title} {first} against {second}", zh="{title} {first} 对 {second}")
_FEATURES = Text(
    en="instruction sets: {first} on one, {second} on the other", zh="指令集：一方独有 {first}，另一方独有 {second}"
)
_BACKEND = Text(en="backend", zh="后端")
_NOTHING = Text(en="none more", zh="无")
_NO_GPU = Text(en="no GPU", zh="无 GPU")
_ON, _OFF = Text(en="on", zh="开"), Text(en="off", zh="关")
_DATA = Text(en="other data", zh="数据不同")
_MODEL = Text(en="another model", zh="模型不同")
_COMMIT = Text(en="commit {first} against {second}", zh="提交 {first} 对 {second}")
_DIRTY = Text(
    en="one of them with changes to files that the commit does not have",
    zh="其中一方有尚未提交的文件改动",
)

_IN_SENTENCE = {
    "system": Text(en="system", zh="操作系统"),
    "processor": Text(en="processor", zh="处理器"),
    "cores": Text(en="logical processors:", zh="逻辑处理器数"),
    "intra_threads": Text(en="threads within an operation:", zh="单个运算内的线程数"),
    "inter_threads": Text(en="operations at a time:", zh="并行运算数"),
    "strict": Text(en="strict mode", zh="严格模式"),
}


def environment_differences(first: Environment, second: Environment) -> tuple[Text, ...]:
    """Return in what two records differ, in words, such as "TensorFlow 2.20.0 against 2.21.0"; what changes most first.

    What one of them does not know is no difference.

    Args:
        first: A record.
        second: Another.
    """
    return tuple(_differences(first, second))


def _differences(first: Environment, second: Environment) -> Iterator[Text]:
    yield from _plain(first, second, ("data_id",), lambda *_: _DATA)
    yield from _plain(first, second, ("model_id",), lambda *_: _MODEL)
    yield from _backends(first, second)
    yield from _plain(first, second, ("keras", "numpy", "python", "package"), _against)
    if first.gpus != second.gpus:
        yield _against("gpus", *(", ".join(one.gpus) or _NO_GPU for one in (first, second)))
    yield from _plain(first, second, ("processor",), _against)
    yield from _feature_sets(first, second)
    yield from _plain(first, second, ("intra_threads", "inter_threads", "cores"), _against)
    if None not in (first.onednn, second.onednn) and first.onednn != second.onednn:
        yield _switched("onednn", first.onednn, second.onednn)
    if first.strict != second.strict:
        yield _switched("strict", first.strict, second.strict)
    yield from _plain(first, second, ("system",), _against)
    yield from _commits(first, second)


def _plain(
    first: Environment, second: Environment, names: tuple[str, ...], said: Callable[[str, Any, Any], Text]
) -> Iterator[Text]:
    for name in names:
        ours, theirs = getattr(first, name), getattr(second, name)
        if ours and theirs and ours != theirs:
            yield said(name, ours, theirs)


def _against(name: str, first: Any, second: Any) -> Text:
    return _VERSIONS.filled(title=_IN_SENTENCE.get(name) or _TITLES[name], first=first, second=second)


def _switched(name: str, first: bool | None, second: bool | None) -> Text:
    return _against(name, _ON if first else _OFF, _ON if second else _OFF)


def _backends(first: Environment, second: Environment) -> Iterator[Text]:
    if not first.backend or not second.backend:
        return
    if first.backend != second.backend:
        ours, theirs = (f"{one.backend_title} {one.backend_version}".strip() for one in (first, second))
        yield _VERSIONS.filled(title=_BACKEND, first=ours, second=theirs)
    elif first.backend_version != second.backend_version and first.backend_version and second.backend_version:
        title = Text.same(first.backend_title)
        yield _VERSIONS.filled(title=title, first=first.backend_version, second=second.backend_version)


def _feature_sets(first: Environment, second: Environment) -> Iterator[Text]:
    ours, theirs = set(first.features), set(second.features)
    if ours and theirs and ours != theirs:
        only = [", ".join(sorted(own)) or _NOTHING for own in (ours - theirs, theirs - ours)]
        yield _FEATURES.filled(first=only[0], second=only[1])


def _commits(first: Environment, second: Environment) -> Iterator[Text]:
    if not first.git_commit or not second.git_commit:
        return
    if first.git_commit != second.git_commit:
        yield _COMMIT.filled(first=first.git_commit[:8], second=second.git_commit[:8])
    elif first.git_dirty != second.git_dirty:
        yield _DIRTY
