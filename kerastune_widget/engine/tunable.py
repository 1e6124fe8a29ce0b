"""A fresh, tunable copy of the user's compiled model, kept warm so that a new run need not trace again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.profile_model import profile_model
from ..core.text import Text
from ..errors import RunError
from .building import ensure_built, set_weights
from .dropout import DropoutSite, dropout_sites, make_movable, rate_of
from .momentum import Momentum
from .optimizers import OptimizerShelf, ScaledSchedule
from .penalty import KernelPenalty
from .seeding import derived_seed
from .snapshot import Reader, reader, write
from .structure import AS_BUILT, Structure
from .structure_start import Layout, layout_of
from .template import ModelTemplate, Weights
from .unseeded import UnseededDraws

_UNSEEDED = 1 << 31  # beside the numbers of generators, which count from 0
_UNSEEDED_STATES = 933199  # states that Keras's global generator goes through

_OTHER_OPTIMIZER = Text(
    en="The model's optimizer {name!r} is set up in another way than when the run was trained, so its state does not "
    "fit. Compile the model as it was then.",
    zh="模型的优化器 {name!r} 的配置与该次运行训练时不同，因此无法恢复它的状态。请按当时的方式编译模型。",
)


class BatchLoss(keras.metrics.Mean):  # type: ignore[misc]
    """Keras's loss tracker, which also lets the graph loop see the loss of the batch just taken."""

    last: Any = None

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add a batch to the running mean."""
        self.last = values
        super().update_state(values, sample_weight=sample_weight)


@dataclass(frozen=True)
class ModelState:
    """Everything that training moves, as NumPy arrays; enough to go on exactly from here.

    Attributes:
        weights: Of the model.
        optimizer: Its name.
        optimizer_variables: Its state.
        metrics: Theirs.
        seeds: States of the seed generators of random layers.
        unseeded: State of the generator of whatever draws without one; empty in a log that is older than it.
    """

    weights: Weights
    optimizer: str
    optimizer_variables: list[NDArray[Any]]
    metrics: list[NDArray[Any]]
    seeds: list[NDArray[Any]]
    unseeded: list[NDArray[Any]] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        arrays = [*self.weights, *self.optimizer_variables, *self.metrics, *self.seeds, *self.unseeded]
        return sum(array.nbytes for array in arrays)


MOST_KEPT = 6
"""Optimizers, and training steps traced for them, that a warm model keeps: each holds memory as large as the model."""


def forget_oldest(kept: dict[Any, Any], most: int, keep: Any) -> None:
    """Drop the entries made first until there are ``most``, but neither ``keep`` nor the newest."""
    for key in list(kept)[:-1]:
        if len(kept) > most and key != keep:
            del kept[key]


@dataclass
class _MadeOptimizer:
    """A built optimizer, and what each of its variables starts as: a value, or the trainable weight of that index."""

    optimizer: Any
    starts: list[NDArray[Any] | int]
    schedule: ScaledSchedule | None
    momentum: Momentum | None
    read: Reader | None = None
    clipnorm: float | None = None


def _build_and_see_starts(optimizer: Any, weights: list[Any]) -> list[NDArray[Any] | int]:
    """Build an optimizer on marked weights, to see which of its variables begin as copies of them.

    Schedule-free optimizers do so; their fresh state depends on the weights that a run starts from.
    """
    kept = [np.array(keras.ops.convert_to_numpy(weight)) for weight in weights]
    for index, weight in enumerate(weights):
        weight.assign(np.full(weight.shape, index + 2))
    optimizer.build(weights)
    starts: list[NDArray[Any] | int] = []
    for variable in optimizer.variables:
        value = np.array(keras.ops.convert_to_numpy(variable))
        mark = int(value.flat[0]) - 2 if value.size else -1
        copied = 0 <= mark < len(kept) and value.shape == kept[mark].shape and bool((value == mark + 2).all())
        starts.append(mark if copied and value.ndim else value)
    for weight, value in zip(weights, kept, strict=True):
        weight.assign(value)
    return starts


class TunableModel:
    """A copy of the user's model whose optimizer, learning rate and dropout can change while it trains.

    Args:
        template: Where copies come from.
        shelf: The optimizers to choose from.
        example: One batch ``(x[, y[, sample_weight]])`` of the data, to build what is not built yet.
        seed: Seed for the copy's first weights (a run sets its own before it starts).
        structure: How it differs from the user's model.
        statistics: The weights of the Normalization layer in front, if the structure has one.
        unseeded: What stands in for Keras's global generator while it trains; None for nothing.

    Attributes:
        model: The copy.
        profile: What it is, its weights as drawn.
        probe: Looks into it; kept here because it is traced for it. None until someone makes one.
    """

    def __init__(
        self,
        template: ModelTemplate,
        shelf: OptimizerShelf,
        example: Any,
        *,
        seed: int,
        structure: Structure = AS_BUILT,
        statistics: Sequence[NDArray[Any]] = (),
        unseeded: UnseededDraws | None = None,
    ) -> None:
        self._unseeded = unseeded
        self.model, origins = template.make(seed, structure.traced, x=example[0])
        self.model._loss_tracker = BatchLoss(name="loss")
        self.on_tensorflow = keras.backend.backend() == "tensorflow"
        self.sites: list[DropoutSite] = dropout_sites(self.model)
        self._rates = make_movable(self.sites) if self.on_tensorflow else []
        self._template, self._shelf = template, shelf
        self._optimizers: dict[str, _MadeOptimizer] = {}
        self._build(example)
        self.profile = profile_model(self.model)
        self.probe: Any = None
        self._penalty = KernelPenalty(self.model, movable=self.on_tensorflow)
        self._clipnorm: float | None = None
        self._rate = 0.0
        self._new_metrics: tuple[list[Any], list[NDArray[Any]]] = ([], [])
        self.drawn_weights: Weights = self.model.get_weights()
        self.statistics = list(statistics)
        self.layout: Layout = layout_of(self.model, origins)
        self.is_one_by_one = origins is None
        if template.came_with is not None or origins is not None:
            set_weights(self.model, self._first_weights())
        self.optimizer_name = ""
        self.use_optimizer(shelf.own.name)

    def _build(self, example: Any) -> None:
        """Let Keras make every variable now, in inference mode, which moves no statistics."""
        ensure_built(self.model, example[0])
        if self.on_tensorflow:
            self.model.test_step(keras.tree.map_structure(keras.ops.convert_to_tensor, example))  # without a trace
        else:
            self.model.test_on_batch(*example)
        self.model.reset_metrics()

    def _first_weights(self) -> Weights:
        """Return what must be in place before any trace, which takes adapted statistics for constants."""
        own = self._template.came_with
        weights = []
        for slot, drawn in zip(self.layout, self.drawn_weights, strict=True):
            if slot.is_statistic:
                weights.append(self.statistics[slot.number])
            else:
                weights.append(own[slot.number] if own is not None and slot.is_own else drawn)
        return weights

    def use_optimizer(self, name: str) -> None:
        """Train with this optimizer from now on, its state fresh.

        Args:
            name: One of the shelf's.
        """
        if name not in self._optimizers:
            self._optimizers[name] = self._make_optimizer(name)
            forget_oldest(self._optimizers, MOST_KEPT, keep=self.optimizer_name)
        made = self._optimizers[name]
        weights = self.model.trainable_variables
        starts = [weights[start] if isinstance(start, int) else start for start in made.starts]
        write(made.optimizer.variables, starts)
        if self.optimizer_name != name:
            self.model.optimizer = made.optimizer
            self.model.train_function = None
            self.optimizer_name = name
        self.move_momentum(False)
        self._clip()

    def _make_optimizer(self, name: str) -> _MadeOptimizer:
        recipe = self._shelf.recipe(name)
        schedule = None if recipe.schedule is None else ScaledSchedule(recipe.schedule)
        optimizer = recipe.make(schedule or recipe.base_rate)
        starts = _build_and_see_starts(optimizer, self.model.trainable_variables)
        movable = Momentum(getattr(optimizer, "inner_optimizer", optimizer)) if self.on_tensorflow else None
        return _MadeOptimizer(optimizer, starts, schedule, movable)

    @property
    def rate_variable(self) -> Any:
        """The variable that carries the rate; with a schedule, the factor that multiplies it."""
        made = self._optimizers[self.optimizer_name]
        inner = getattr(made.optimizer, "inner_optimizer", made.optimizer)
        return inner._learning_rate if made.schedule is None else made.schedule.factor

    @property
    def has_own_schedule(self) -> bool:
        """Whether the optimizer was made with a schedule, which the rate scales."""
        return self._optimizers[self.optimizer_name].schedule is not None

    def set_learning_rate(self, learning_rate: float) -> None:
        """Train at this rate from the next step on; a schedule is scaled so that it begins with it."""
        recipe = self._shelf.recipe(self.optimizer_name)
        self._rate = learning_rate if recipe.schedule is None else recipe.factor(learning_rate)
        self.rate_variable.assign(self._rate)

    def rates(self, factors: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float32]:
        """Return what ``rate_variable`` is to be for some steps.

        Args:
            factors: For each step, what a schedule of the run multiplies the rate by.
        """
        return (self._rate * np.asarray(factors, dtype=np.float64)).astype(np.float32)

    def factors_for(self, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Let the coming steps, the first ones of this optimizer, be taken at rates of their own.

        Args:
            rates: The rate of each step.

        Returns:
            What ``rates`` is to be called with for them.
        """
        self.set_learning_rate(1.0)
        return rates

    def move_momentum(self, moves: bool) -> None:
        """Let each step take the momentum from ``momentum_variable``, or (False) be as the optimizer was made."""
        momentum = self._optimizers[self.optimizer_name].momentum
        if momentum is not None and momentum.move(moves):
            self.model.train_function = None

    @property
    def momentum_variable(self) -> Any:
        """The variable that carries the momentum, or beta_1; None while it does not move, or where there is none."""
        momentum = self._optimizers[self.optimizer_name].momentum
        return momentum.variable if momentum is not None and momentum.moves else None

    def set_clipnorm(self, clipnorm: float | None) -> None:
        """Clip the gradient of each variable at this norm, or (None) as the optimizer was made to."""
        self._clipnorm = clipnorm
        self._clip()

    def _clip(self) -> None:
        made = self._optimizers[self.optimizer_name]
        if made.clipnorm != self._clipnorm:
            self._shelf.recipe(self.optimizer_name).clip(made.optimizer, self._clipnorm)
            made.clipnorm, self.model.train_function = self._clipnorm, None

    def set_l2(self, strength: float | None) -> None:
        """Penalize all kernels by L2 of this strength, or (None) as the model was built."""
        if self._penalty.set(strength):
            self.model.train_function = self.model.test_function = None

    @property
    def penalized(self) -> bool:
        """Whether L2 has taken the place of the kernels' own regularizers; a step must be traced anew for it."""
        return self._penalty.active

    @property
    def trace_key(self) -> tuple[str, float | None, bool, bool]:
        """What a traced training step has taken for constants."""
        return self.optimizer_name, self._clipnorm, self.penalized, self.momentum_variable is not None

    def set_dropout(self, value: float | Mapping[str, float] | None) -> None:
        """Set all dropout rates, some by name, or (None) the model's own."""
        for index, site in enumerate(self.sites):
            rate = rate_of(site, index, value, self._template.dropout_rates)
            if self.on_tensorflow:
                self._rates[index].assign(rate)
            elif site.rate != rate:
                setattr(site.layer, site.attribute, rate)
                self.model.make_train_function(force=True)  # a traced step has read the rate as a number

    def restart(self, weights: Weights, seed: int) -> None:
        """Set the weights, and make optimizer, metrics and random layers as new."""
        set_weights(self.model, weights)
        self._reset_metrics()
        self.reseed(seed)
        for layer in self.model._flatten_layers(include_self=False):
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_state"):
                layer.reset_state()

    def _reset_metrics(self) -> None:
        """Make the metrics as new: by Keras, and once it has shown what that leaves in them, by these values."""
        variables = self.model.metrics_variables
        known, values = self._new_metrics
        if len(known) == len(variables) and all(one is other for one, other in zip(known, variables, strict=True)):
            write(variables, values)
            return
        self.model.reset_metrics()
        values = [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
        self._new_metrics = (variables, values)

    def reseed(self, seed: int) -> None:
        """Make random layers draw what ``seed`` stands for; those with a seed of their own begin it anew."""
        generators = self._seed_generators()
        explicit = [generator._initial_seed for generator in generators]
        starts = [derived_seed(seed, index) if own is None else own for index, own in enumerate(explicit)]
        states = [*(generator.state for generator in generators), *self._unseeded_state]
        starts += [derived_seed(seed, _UNSEEDED) % _UNSEEDED_STATES for _ in self._unseeded_state]
        write(states, [np.array([start, 0], state.dtype) for start, state in zip(starts, states, strict=True)])

    def state(self) -> ModelState:
        """Return a snapshot of everything that training moves."""
        values = iter(self.state_reader()())
        weights, *rest = ([next(values) for _ in group] for group in self._groups())
        return ModelState(weights, self.optimizer_name, *rest)

    def state_reader(self) -> Reader:
        """Return what reads all variables of ``state`` at once, made on first use with each optimizer."""
        made = self._optimizers[self.optimizer_name]
        if made.read is None:
            made.read = reader([variable for group in self._groups() for variable in group])
            made.read()  # the first call is the slow one
        return made.read

    def _groups(self) -> tuple[list[Any], ...]:
        """Return the variables that training moves, in the order of ``ModelState``'s parts."""
        model, seeds = self.model, [generator.state for generator in self._seed_generators()]
        return model.weights, model.optimizer.variables, model.metrics_variables, seeds, self._unseeded_state

    def restore(self, state: ModelState) -> None:
        """Go back to a snapshot exactly; one of a copy with other random layers or metrics leaves those alone.

        Raises:
            RunError: If the optimizer of that name has other variables than then.
        """
        if self.optimizer_name != state.optimizer:  # else all of its variables are set below
            self.use_optimizer(state.optimizer)
        _, optimizer, metrics, seeds, unseeded = self._groups()
        if not _fit(optimizer, state.optimizer_variables):
            raise RunError(_OTHER_OPTIMIZER.filled(name=state.optimizer))
        set_weights(self.model, state.weights)
        parts = [(metrics, state.metrics), (seeds, state.seeds), (unseeded, state.unseeded)]
        for variables, values in ((optimizer, state.optimizer_variables), *(part for part in parts if _fit(*part))):
            write(variables, values)

    @property
    def _unseeded_state(self) -> list[Any]:
        """The state of the generator of whatever draws without one of its own."""
        return [] if self._unseeded is None else [self._unseeded.generator.state]

    def _seed_generators(self) -> list[Any]:
        found: dict[int, Any] = {}
        for layer in self.model._flatten_layers():
            for generator in layer._seed_generators:
                found.setdefault(id(generator), generator)
        return list(found.values())


def _fit(variables: Sequence[Any], values: Sequence[NDArray[Any]]) -> bool:
    return [tuple(variable.shape) for variable in variables] == [value.shape for value in values]


def mean_metrics(model: Any) -> dict[str, Any]:
    """Return the compiled metrics that are plain means, by the name that Keras logs them under."""
    compiled = getattr(model, "_compile_metrics", None)
    groups = [*getattr(compiled, "_flat_metrics", ()), *getattr(compiled, "_flat_weighted_metrics", ())]
    found: dict[str, Any] = {}
    for group in filter(None, groups):
        for metric in group.metrics:
            name = f"{group.output_name}_{metric.name}" if group.output_name else metric.name
            if isinstance(metric, keras.metrics.Mean) and name not in found:
                found[name] = metric
    return found
