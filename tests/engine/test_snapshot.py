"""Many variables read and written past Keras: the same values as by Keras, and no memory shared."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from kerastune_widget.engine.snapshot import reader, write

_VALUES = {
    "float32": np.linspace(-1, 1, 64, dtype="float32").reshape(4, 16),
    "float16": np.linspace(-1, 1, 3, dtype="float16"),
    "int64": np.array(2**40 + 1),
    "uint32": np.array([2**31, 7], dtype="uint32"),
    "bool": np.array([True, False]),
}


def zeros(values):
    return [keras.Variable(np.zeros_like(value), dtype=name, trainable=False) for name, value in values.items()]


def test_what_is_written_is_read_again():
    variables = zeros(_VALUES)
    write(variables, list(_VALUES.values()))
    for value, read in zip(_VALUES.values(), reader(variables)(), strict=True):
        np.testing.assert_array_equal(read, value, strict=True)


@pytest.mark.parametrize("value", [np.array([0.1, 3.7]), np.array([1, 2]), [0.1, 0.2], keras.ops.ones(2)])
def test_what_is_of_another_type_is_converted_as_keras_does(value):
    ours, theirs = keras.Variable(np.zeros(2, "float32")), keras.Variable(np.zeros(2, "float32"))
    write([ours], [value])
    theirs.assign(value)
    np.testing.assert_array_equal(np.array(ours.value), np.array(theirs.value), strict=True)


def test_a_value_of_another_shape_is_refused_as_keras_does():
    with pytest.raises(ValueError, match="shape"):
        write([keras.Variable(np.zeros((2, 3), "float32"))], [np.zeros((3, 2), "float32")])


def test_as_many_values_as_variables():
    with pytest.raises(ValueError, match="shorter"):
        write(zeros(_VALUES), [])


def at_a_multiple_of_64(size):
    """Ones, float32, where in memory TensorFlow takes an array as it is."""
    memory = np.empty(4 * size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    array = memory[start : start + 4 * size].view("float32")
    array[:] = 1
    return array


@pytest.mark.parametrize("size", [1, 4, 1 << 16])
def test_neither_the_array_nor_the_variable_follows_the_other(size):
    value = at_a_multiple_of_64(size)
    variable = keras.Variable(np.zeros(size, "float32"))
    write([variable], [value])
    value[:] = 5
    assert (np.array(variable.value) == 1).all()
    variable.value.assign_add(np.ones(size, "float32"))
    assert (value == 5).all()
