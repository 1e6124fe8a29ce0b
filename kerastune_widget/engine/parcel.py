"""What a worker needs of a session, packed for another process: model, data, and what is a person's own."""

from __future__ import annotations

import importlib.util
import os
import pickle
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

from ..core.schedule import Schedule
from ..core.text import Text
from ..errors import ModelError, RunError
from .bench import Subject, under_policy
from .failure import one_line
from .optimizers import OptimizerRecipe
from .schedule_shelf import OwnSchedule, ScheduleShelf
from .template import ModelTemplate, Weights

_NOT_SENT = Text(
    en="The model, or something that it is made of, cannot be sent to another process ({why}). Give the session a "
    "function that builds the model, or put your classes and functions into a module.{hint}",
    zh="模型或它的某个组成部分无法发送到另一个进程（{why}）。请把构建模型的函数交给会话，或将你的类和函数放进一个模块。{hint}",
)
_INSTALL = Text(
    en=" Classes and functions of a notebook need cloudpickle: pip install cloudpickle.",
    zh="在笔记本中定义的类和函数需要 cloudpickle：pip install cloudpickle。",
)
_NO_HINT = Text(en="", zh="")
_OTHER_BACKEND = "The worker runs Keras on {there}, the session on {here}. Set KERAS_BACKEND={here} for its process."


@dataclass(frozen=True)
class Parcel:
    """A subject as plain data, but for what only pickle can carry.

    Attributes:
        backend: Keras's.
        floatx: Keras's default type of floats.
        policy: Keras's dtype policy, as the session's runs have it.
        threads: TensorFlow's threads within and between operations; 0 for as many as there are processors.
        build: The function that builds the model; None when there is a model.
        model: Else how the model is built, as Keras writes it, and its compile arguments but the optimizer, pickled.
        objects: What of it is a person's own, by name.
        came_with: Its weights; None when it has none.
        optimizer: The recipe of its optimizer.
        subject: The rest: dataset, seed, loop, recipes and options of ``Subject``, by name.
        functions: A person's own schedules: name, function, and what it is given first.
    """

    backend: str
    floatx: str
    policy: Any
    threads: tuple[int, int]
    build: Any
    model: tuple[Mapping[str, Any], bytes] | None
    objects: Mapping[str, Any]
    came_with: Weights | None
    optimizer: OptimizerRecipe
    subject: Mapping[str, Any]
    functions: tuple[tuple[str, Any, float], ...] = field(default=())


def pack(subject: Subject) -> bytes:
    """Return everything that another process needs to train what ``subject`` trains.

    Raises:
        ModelError: If something of a person's own cannot be sent.
    """
    template = subject.template
    own = [(name, one.rates.function, one.rates.first) for name, one in subject.schedules.items()]
    rest = {name: getattr(subject, name) for name in ("dataset", "seed", "loop", "recipes", "options")}
    try:
        parcel = Parcel(
            keras.backend.backend(),
            keras.config.floatx(),
            keras.dtype_policies.serialize(keras.config.dtype_policy()),
            _threads(),
            template.function,
            None if template.function is not None else _described(template.model),
            {} if template.function is not None else own_objects(template.model),
            template.came_with,
            template.optimizer,
            rest,
            tuple(own),
        )
        return _pickler().dumps(parcel)  # type: ignore[no-any-return]
    except Exception as error:  # whatever the user's own classes raise
        hint = _NO_HINT if importlib.util.find_spec("cloudpickle") else _INSTALL
        raise ModelError(_NOT_SENT.filled(why=one_line(error), hint=hint)) from error


def unpack(packed: bytes) -> Subject:
    """Return what was packed, in the process that is to train it.

    Raises:
        RunError: If Keras runs on another backend here.
    """
    parcel: Parcel = pickle.loads(packed)
    if keras.backend.backend() != parcel.backend:
        raise RunError(_OTHER_BACKEND.format(there=keras.backend.backend(), here=parcel.backend))
    _take_threads(parcel.threads)
    keras.config.set_floatx(parcel.floatx)
    policy = keras.dtype_policies.deserialize(parcel.policy)
    with under_policy(policy):
        source = parcel.build if parcel.model is None else _built(parcel)
        template = ModelTemplate(source, parcel.subject["seed"])
    template.came_with, template.optimizer = parcel.came_with, parcel.optimizer
    template.learning_rate = parcel.optimizer.base_rate
    own, known = _schedules(parcel.functions)
    return Subject(template=template, schedules=own, known=known, policy=policy, **parcel.subject)


def _schedules(functions: tuple[tuple[str, Any, float], ...]) -> tuple[dict[str, OwnSchedule], dict[str, Schedule]]:
    own: dict[str, OwnSchedule] = {}
    known: dict[str, Schedule] = {}
    for name, function, first in functions:
        shelf = ScheduleShelf()
        added, _ = shelf.add(function, first)
        own[name], known[name] = shelf.own[added], shelf.known[added]
    return own, known


def _pickler() -> Any:
    """Cloudpickle where there is one: it alone carries what was defined in a notebook."""
    if importlib.util.find_spec("cloudpickle") is None:
        return pickle
    import cloudpickle  # type: ignore[import-untyped, unused-ignore]

    return cloudpickle


def _described(model: Any) -> tuple[Mapping[str, Any], bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a lambda is unsafe to load: it is loaded by this very session
        config = {**keras.saving.serialize_keras_object(model)}
    config.pop("compile_config", None)  # a function of a person's own would arrive without what it calls
    arguments = {name: value for name, value in model._compile_config.config.items() if name != "optimizer"}
    return config, _pickler().dumps(arguments)


def _built(parcel: Parcel) -> Any:
    """Make a model as this very session described it a moment ago, functions of a person's own included."""
    assert parcel.model is not None
    config, arguments = parcel.model
    with keras.saving.custom_object_scope(dict(parcel.objects)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a model which builds itself when called has not done so yet
        model = keras.saving.deserialize_keras_object(config, safe_mode=False)
        model.compile(parcel.optimizer.at(parcel.optimizer.base_rate), **pickle.loads(arguments))
    return model


def own_objects(model: Any) -> dict[str, Any]:
    """Everything of a person's own that the saved model may name."""
    arguments = model._compile_config.config if getattr(model, "_compile_config", None) else {}
    found = [leaf for value in arguments.values() for leaf in keras.tree.flatten(value)]
    layers = list(model._flatten_layers())
    found += [*layers, *(part for layer in layers for part in vars(layer).values())]
    found += [getattr(one, name) for one in found for name in ("fn", "_fn") if hasattr(one, name)]
    objects: dict[str, Any] = {}
    for one in found:
        named = one if isinstance(one, type) or hasattr(one, "__name__") else type(one)
        module = str(getattr(named, "__module__", "") or "")
        if callable(named) and not module.startswith(("keras.", "builtins", "tensorflow", "numpy")) and _kept(one):
            objects |= {named.__name__: named, keras.saving.get_registered_name(named): named}
    return objects


def _kept(one: Any) -> bool:
    """Whether Keras may write it by name: a function, a class, or an object with a configuration."""
    return (callable(one) and hasattr(one, "__name__")) or hasattr(one, "get_config")


def _threads() -> tuple[int, int]:
    if keras.backend.backend() != "tensorflow":
        return 0, 0
    import tensorflow as tf

    threading = tf.config.threading
    return threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads()


def _take_threads(threads: tuple[int, int]) -> None:
    """Sum in the order of the session: how many threads share a product decides it."""
    if keras.backend.backend() != "tensorflow" or threads == _threads():
        return
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads[0])
        tf.config.threading.set_inter_op_parallelism_threads(threads[1])
    except RuntimeError:  # TensorFlow has begun here, as it has where threads of the session's process do the work
        return


def environment() -> dict[str, str]:
    """Return the environment of a worker process of our own: it finds the modules that this process finds."""
    paths = [path or os.getcwd() for path in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "KERAS_BACKEND": keras.backend.backend()}
