"""The head of a script: what it is, what it imports, what is set for all of it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from typing import Any

import keras

from ...core.history import History
from ...core.text import Text
from .code_objects import Borrowed
from .code_printer import WIDTH, flat, literal
from .code_random import NEARLY_ZERO
from .code_timeline import Timeline

_TITLE = Text(en="Run {number}{name} as plain Keras code.", zh="第 {number} 次运行{name}：纯 Keras 代码。")
_ENDS = Text(en="Epochs: {epochs}. It should end with {numbers}.", zh="共 {epochs} 轮，结束时应得到 {numbers}。")
_PLANNED = Text(
    en="Epochs: {epochs}, as was planned; no epoch of the run has ended.",
    zh="按计划训练 {epochs} 轮；该运行还没有结束任何一轮。",
)
_FILES = Text(en="It reads {files}, which stand beside it.", zh="它读取同一文件夹中的 {files}。")
_LEFT_OUT = Text(
    en="The run took {steps} more steps of an epoch that did not end; they are left out.",
    zh="该运行在未完成的一轮中还走了 {steps} 步，此处略去。",
)
_VERSIONS = Text(en="Written with Keras {keras} on {backend}.", zh="写成时使用 Keras {keras}，后端为 {backend}。")
_OWN = Text(
    en="Your own code comes here: the run used {names}, which this script cannot contain. Define or import it.",
    zh="请在此处放入你自己的代码：运行用到了 {names}，本脚本无法包含它们。请在此定义或导入。",
)
_OWN_REFUSAL = Text(en="Put {names} here, then delete this line.", zh="请将 {names} 放在此处，然后删除这一行。")
_NEARLY = Text(
    en="Drops nothing, but draws its mask as the run did; a rate of 0 would draw none.",
    zh="不丢弃任何单元，但与运行时一样抽取掩码；比例为 0 时不会抽取。",
)
_TAKE = "keras.tree.map_structure(lambda array: array[rows], arrays)"


def docstring(number: int, name: str, history: History, course: Timeline, files: list[str], language: str) -> list[str]:
    """Return what the script is, and which numbers it should end with.

    Args:
        number: Of the run.
        name: That a person gave it.
        history: Its numbers.
        course: Its epochs.
        files: What the script reads.
        language: Of the words.
    """
    named = f" “{name}”" if name else ""
    last = {key: values[-1] for key, values in history.epochs.items() if len(values)}
    numbers = ", ".join(f"{key} {value:.4g}" for key, value in last.items())
    backend = keras.backend.backend()
    version = getattr(sys.modules.get(backend), "__version__", "")
    sentences = [
        (_ENDS if last else _PLANNED).get(language, epochs=course.epochs, numbers=numbers),
        _FILES.get(language, files=" and ".join(files) if language == "en" else "、".join(files)),
        _VERSIONS.get(language, keras=keras.__version__, backend=f"{backend} {version}".strip()),
    ]
    if course.left_out:
        sentences.append(_LEFT_OUT.get(language, steps=course.left_out))
    lines = [line for words in sentences for line in textwrap.wrap(_harmless(words), WIDTH, break_long_words=False)]
    return [f'"""{_harmless(_TITLE.get(language, number=number, name=named))}', "", *lines, '"""', ""]


def _harmless(words: str) -> str:
    """Return words that end no docstring: names in them are anybody's, perhaps from a log."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    return shown.replace("\\", "").replace('"', "'")


def imports(body: str, borrowed: Borrowed) -> list[str]:
    """Return the imports that the body needs, and settings of Keras that must come first.

    Args:
        body: The rest of the script.
        borrowed: What of the user's own it names.
    """
    backend = keras.backend.backend()
    other = backend != "tensorflow"
    lines = ["import math"] if "math." in body else []
    lines += [*(["import os"] if other else []), "from pathlib import Path", ""]
    lines += [f'os.environ["KERAS_BACKEND"] = "{backend}"', ""] if other else []
    lines += ["import keras", "import numpy as np", *(["import tensorflow as tf"] if "tf.Variable" in body else [])]
    lines += ["from keras import layers"] if "layers." in body else []
    own = [f"from {module} import {', '.join(sorted(names))}" for module, names in borrowed.imports.items()]
    return [*lines, *([""] if own else []), *sorted(own), "", *_keras_settings(borrowed)]


def _keras_settings(borrowed: Borrowed) -> list[str]:
    lines = []
    if keras.config.floatx() != "float32":
        lines.append(f'keras.config.set_floatx("{keras.config.floatx()}")')
    if borrowed.policy != keras.config.floatx():
        lines.append(f'keras.config.set_dtype_policy("{borrowed.policy}")')
    return [*lines, ""] if lines else []


def place_for_own(borrowed: Borrowed, language: str) -> list[str]:
    """Return the marked place for what of the user's own cannot be imported; nothing when there is no such thing."""
    if not borrowed.missing:
        return []
    names = ", ".join(borrowed.missing)
    lines = textwrap.wrap(_OWN.get(language, names=names), WIDTH - 2, break_long_words=False)
    refusal = flat(literal(_OWN_REFUSAL.get(language, names=names)))
    return [*(f"# {line}" for line in lines), f"raise NotImplementedError({refusal})", ""]


def constants(body: str, values: Mapping[str, Any], language: str) -> list[str]:
    """Return the constants and the helper that the body names.

    Args:
        body: The rest of the script.
        values: What may be named.
        language: For comments.
    """
    lines = ["HERE = Path(__file__).parent"]
    lines += [f"{name} = {value}" for name, value in values.items() if name in body]
    if NEARLY_ZERO in body:
        lines += [f"# {_NEARLY.get(language)}", f"{NEARLY_ZERO} = 1e-50"]
    return [*lines, *(["", "", "def take(arrays, rows):", f"    return {_TAKE}", ""] if "take(" in body else [])]
