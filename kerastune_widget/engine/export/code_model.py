"""A model as readable layer code: Sequential and Functional models, nested ones too."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Collection, Mapping
from typing import Any

import keras

from .code_objects import Borrowed, Unwritable, constructed, made, snake_case, value_source
from .code_printer import WIDTH, Bracketed, Expression, call, flat, listed, literal, source

_TAKEN = {"model", "layers", "keras", "np", "math", "Path", "x", "y", "x_train", "y_train", "x_val", "y_val", "rows"}
_TAKEN |= {"data", "start", "history", "changes", "schedule", "train_data", "validation_data", "weight", "take"}
_TAKEN |= {"scheduled", "best", "kernels", "own_penalties", "set_l2", "class_weight"}
_TAKEN |= {"weight_train", "weight_val", "held_out", "kept", "parts", "compile_model", "build_model", "os", "name"}


def is_layered(model: Any) -> bool:
    """Whether Keras knows all layers and how they connect, and the class adds nothing to how it is made."""
    known = isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth")
    return known and not any("__init__" in vars(kind) for kind in _own_classes(type(model)))


def _own_classes(kind: type) -> list[type]:
    """Return the user's own classes that ``kind`` is made of."""
    return [base for base in kind.__mro__ if not base.__module__.startswith(("keras.", "tensorflow.", "builtins"))]


class ModelWriter:
    """Writes models into a script, one after the other.

    Args:
        borrowed: Notes what of the user's own is named.
        forced: Arguments of layers that take another value than in their configuration, by the layer's id.
        named: Names of layers that must stay, though Keras made them up.
    """

    def __init__(
        self, borrowed: Borrowed, forced: Mapping[int, Mapping[str, Any]], named: Collection[str] = ()
    ) -> None:
        self._borrowed, self._forced, self._named = borrowed, forced, named
        self._taken = set(_TAKEN)
        self.lines: list[str] = []

    def write(self, model: Any, variable: str = "model") -> None:
        """Write the statements that make ``model`` and call it ``variable``.

        Raises:
            Unwritable: If a part of it has no source.
        """
        if isinstance(model, keras.Sequential):
            self._write_sequential(model, variable)
        else:
            self._write_functional(model, variable)

    def _write_sequential(self, model: Any, variable: str) -> None:
        parts: list[Expression] = [self._input(model.inputs[0])] if model.inputs else []
        parts += [self._layer(layer) for layer in model.layers]
        self._assign(variable, call(self._kind(model, "keras.Sequential"), listed(parts), **self._name(model)))

    def _write_functional(self, model: Any, variable: str) -> None:
        tensors: dict[int, str] = {}
        shared = self._shared_layers(model)
        began = len(self.lines)
        self._write_inputs(model, tensors)
        for depth in sorted(model._nodes_by_depth, reverse=True):
            for node in model._nodes_by_depth[depth]:
                if not node.is_input:
                    self._write_node(node, tensors, shared)
        self._forget_unused(began, model, tensors)
        structures = {"inputs": model._inputs_struct, "outputs": model._outputs_struct}
        parts = {name: _tensors_source(part, tensors, self._borrowed) for name, part in structures.items()}
        self._assign(variable, call(self._kind(model, "keras.Model"), **parts, **self._name(model)))

    def _write_inputs(self, model: Any, tensors: dict[int, str]) -> None:
        for index, tensor in enumerate(model.inputs, start=1):
            told = _told_name(tensor._keras_history.operation)
            hint = told or ("inputs" if len(model.inputs) == 1 else f"input_{index}")
            tensors[id(tensor)] = self._variable(hint)
            self._assign(tensors[id(tensor)], self._input(tensor))

    def _forget_unused(self, began: int, model: Any, tensors: Mapping[int, str]) -> None:
        """Drop operations that nothing uses, such as the making of masks that Keras passes on by itself."""
        outputs = {tensors[id(tensor)] for tensor in keras.tree.flatten(model._outputs_struct)}
        for index in range(len(self.lines) - 1, began - 1, -1):
            variable, _, rest = self.lines[index].partition(" = ")
            used = variable in outputs or re.search(rf"\b{re.escape(variable)}\b", "\n".join(self.lines[index + 1 :]))
            if rest.startswith("keras.ops.") and not used:
                del self.lines[index]

    def _shared_layers(self, model: Any) -> dict[int, str]:
        """Write the layers that are used more than once, and nested models; return their variables by id."""
        nodes = [node for group in model._nodes_by_depth.values() for node in group]
        found: dict[int, str] = {}
        for layer in model.layers:
            uses = sum(node.operation is layer for node in nodes)
            if isinstance(layer, keras.Model):
                found[id(layer)] = self._written_before(layer)
            elif uses > 1:
                kind = snake_case(type(layer).__name__)
                found[id(layer)] = self._variable(_told_name(layer) or f"shared_{kind}")
                self._assign(found[id(layer)], self._layer(layer))
        return found

    def _write_node(self, node: Any, tensors: dict[int, str], shared: Mapping[int, str]) -> None:
        operation, outputs = node.operation, keras.tree.flatten(node.outputs)
        hint = _told_name(operation) or snake_case(type(operation).__name__)
        names = [self._variable(hint) for _ in outputs]
        self._assign_call(", ".join(names), node, tensors, shared)
        tensors.update(zip(map(id, outputs), names, strict=True))

    def _assign_call(self, variable: str, node: Any, tensors: dict[int, str], shared: Mapping[int, str]) -> None:
        operation, arguments = node.operation, node.arguments
        if type(operation).__name__ == "GetItem":
            inputs, index = arguments.args
            self.lines.append(f"{variable} = {tensors[id(inputs)]}[{_index(index)}]")
            return
        positional = [_tensors_source(part, tensors, self._borrowed) for part in arguments.args]
        first = arguments.args[0] if arguments.args else None
        given = {name: part for name, part in arguments.kwargs.items() if not _comes_by_itself(name, part, first)}
        named = {name: _tensors_source(part, tensors, self._borrowed) for name, part in given.items()}
        if not isinstance(operation, keras.Layer):
            self._assign(variable, call(_operation(operation), *positional, **named, **_operation_options(operation)))
            return
        layer: Expression = shared.get(id(operation)) or self._layer(operation)
        line = f"{variable} = {flat(call(flat(layer), *positional, **named))}"
        if isinstance(layer, Bracketed) and len(line) > WIDTH:
            name = self._variable(f"{variable.split(',')[0]}_layer")
            self._assign(name, layer)
            layer = name
        self._assign(variable, call(flat(layer), *positional, **named))

    def _layer(self, layer: Any) -> Expression:
        if isinstance(layer, keras.Model):
            return self._written_before(layer)
        return made(layer, self._borrowed, force=self._forced.get(id(layer)), named=layer.name in self._named)

    def _written_before(self, model: Any) -> str:
        if not is_layered(model):
            raise Unwritable(f"{type(model).__name__} {model.name!r} inside the model is a class of its own")
        variable = self._variable(model.name if self._name(model) else "inner_model")
        self.write(model, variable)
        return variable

    def _input(self, tensor: Any) -> Expression:
        shape = literal(tuple(tensor.shape[1:]))
        options: dict[str, Any] = {"batch_size": tensor.shape[0]} if tensor.shape[0] is not None else {}
        if tensor.dtype != "float32":
            options["dtype"] = tensor.dtype
        if tensor.sparse:
            options["sparse"] = True
        name = tensor._keras_history.operation.name
        if name in self._named or not re.fullmatch(r"(input_layer|keras_tensor)(_\d+)?", name):
            options["name"] = name
        return call("keras.Input", shape, **{key: literal(value) for key, value in options.items()})

    def _kind(self, model: Any, usual: str) -> str:
        return self._borrowed.name_of(type(model)) if _own_classes(type(model)) else usual

    def _name(self, model: Any) -> dict[str, Expression]:
        told = _told_name(model) if not re.fullmatch(r"(functional|sequential|model)(_\d+)?", model.name) else ""
        forced = model.name in self._named
        return {"name": literal(model.name)} if told or forced else {}

    def _assign(self, variable: str, expression: Expression) -> None:
        self.lines.append(source(expression, before=f"{variable} = "))

    def _variable(self, wish: str) -> str:
        """Return a name that no other variable of the script has."""
        plain = re.sub(r"\W", "_", wish)
        plain = plain if plain.isidentifier() and not keyword.iskeyword(plain) else f"tensor_{plain}"
        name, count = plain, 1
        while name in self._taken:
            name, count = f"{plain}_{count}", count + 1
        self._taken.add(name)
        return name


def _told_name(operation: Any) -> str:
    """Return the name that a person gave, or nothing when Keras made it up."""
    automatic = re.fullmatch(rf"({snake_case(type(operation).__name__)}|keras_tensor)(_\d+)?", operation.name)
    return "" if automatic else str(operation.name)


def _tensors_source(structure: Any, tensors: Mapping[int, str], borrowed: Borrowed) -> Expression:
    if isinstance(structure, keras.KerasTensor):
        return tensors[id(structure)]
    if isinstance(structure, list):
        return listed([_tensors_source(part, tensors, borrowed) for part in structure])
    if isinstance(structure, tuple):
        return Bracketed("(", tuple(("", _tensors_source(part, tensors, borrowed)) for part in structure), ")")
    if isinstance(structure, dict):
        parts = [
            (f"{flat(literal(key))}: ", _tensors_source(part, tensors, borrowed)) for key, part in structure.items()
        ]
        return Bracketed("{", tuple(parts), "}")
    return value_source(structure, borrowed)


def _comes_by_itself(name: str, value: Any, first: Any) -> bool:
    """Whether Keras will pass an argument as it did here: a mask that the tensor carries, the training flag."""
    return value is None or name == "training" or (name == "mask" and getattr(first, "_keras_mask", None) is value)


def _operation(operation: Any) -> str:
    name = snake_case(type(operation).__name__)
    if not hasattr(keras.ops, name):
        raise Unwritable(f"the operation {type(operation).__name__} has no function in keras.ops")
    return f"keras.ops.{name}"


def _operation_options(operation: Any) -> dict[str, Expression]:
    """Return what an operation was made with beside tensors, such as ``axis=1``."""
    function = getattr(keras.ops, snake_case(type(operation).__name__))
    try:
        config = operation.get_config()
    except Exception as error:  # not every operation can tell
        raise Unwritable(f"the operation {operation.name} has no configuration") from error
    parameters = inspect.signature(function).parameters
    told = {name: value for name, value in config.items() if name != "name"}
    if not set(told) <= set(parameters):
        raise Unwritable(f"the operation {operation.name} tells more than its function takes")
    differing = {name: value for name, value in told.items() if value != parameters[name].default}
    return {name: value_source(value, Borrowed()) for name, value in differing.items()}


def _index(index: Any) -> str:
    if isinstance(index, tuple):
        return ", ".join(map(_index, index))
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends) + ("" if index.step is None else f":{index.step}")
    if index is Ellipsis:
        return "..."
    if index is None or isinstance(index, int):
        return str(index)
    raise Unwritable("the model takes rows of a tensor by something else than whole numbers")


def subclassed_source(model: Any, borrowed: Borrowed) -> Expression:
    """Return the call that makes a model of the user's own class, as its configuration tells.

    Raises:
        Unwritable: If it does not tell.
    """
    try:
        config = model.get_config()
        type(model).from_config(config)
    except Exception as error:  # whatever the class of a user raises
        raise Unwritable(f"{type(model).__name__} does not tell how it is made") from error
    return constructed(type(model), config, borrowed)
