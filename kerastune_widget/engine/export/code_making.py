"""The model of a script: made layer by layer where that can be, with the seeds and rates of the run."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import keras

from ...core.seeds import seeds_of
from ...core.text import Text
from ..building import ensure_built
from ..dataset import Dataset, example_rows
from ..dropout import rate_of
from ..structure import Structure
from ..template import ModelTemplate
from .code_data import DataCode
from .code_model import ModelWriter, is_layered, subclassed_source
from .code_objects import Borrowed, Unwritable
from .code_printer import Verbatim, flat, literal, source
from .code_random import NEARLY_ZERO, RandomLayers, plan_random_layers, prepared, reseeding
from .code_timeline import Stretch, Timeline
from .code_training import seeding_source

_OWN_MODEL = Text(
    en="Return your own model, built as in the run; not compiled. This script cannot show it: {why}.",
    zh="返回你自己的模型，与运行中相同，不必编译。本脚本无法写出它：{why}。",
)
_OWN_MODEL_HERE = Text(en="Put the code that makes your model here.", zh="请在此处写入生成模型的代码。")
_START = Text(en="Begin with the weights that the run began with.", zh="使用该运行的起始权重。")
_SEEDS = Text(en="Random layers draw what they drew in the run.", zh="随机层抽取与运行时相同的随机数。")


class ModelMaker:
    """Writes what makes the model of a run.

    Args:
        template: The user's model.
        dataset: The data as runs read them.
        data: How the script gets at them.
        course: What was in force when.
        structure: How the copy that trained differs from the user's model.
        borrowed: Notes what of the user's own is named.
        language: For comments.

    Attributes:
        model: A copy of the run's model.
        reseeded: By first epoch, where seeds begin anew: (place, seed).
    """

    def __init__(
        self,
        template: ModelTemplate,
        dataset: Dataset,
        data: DataCode,
        course: Timeline,
        *,
        structure: Structure,
        borrowed: Borrowed,
        language: str,
    ) -> None:
        self._template, self._dataset, self._data, self._course = template, dataset, data, course
        self._borrowed, self._language = borrowed, language
        self._structure, x = structure, example_rows(template.fixed_batch_size, dataset.training)[0]
        self.model = template.fresh(0, structure, x=x)
        ensure_built(self.model, x)
        self._sites = prepared(self.model)
        self._random = RandomLayers()
        self.reseeded: dict[int, list[tuple[str, int]]] = {}

    def lines(self) -> list[str]:
        """Return the statements that make ``model``, with the weights that the run began with."""
        lines = self._making()
        adjusted = [f"{place} = {rate}" for place, rate in self._random.rates]
        seeded = [seeding_source(place, seed) for place, seed in self._random.seeds]
        if seeded:
            lines += [f"# {_SEEDS.get(self._language)}", *seeded]
        weights = f'[start[f"weight_{{index}}"] for index in range({len(self.model.get_weights())})]'
        lines += [*adjusted, f"# {_START.get(self._language)}", f"model.set_weights({weights})"]
        return [*lines, *self._finalized()]

    @property
    def sites(self) -> list[tuple[str, str]]:
        """For each dropout rate, the source that reaches it and its name; empty when none moves."""
        return list(zip(self._random.sites, (site.name for site in self._sites), strict=False))

    def named_rates(self, value: Any) -> Mapping[str, float | Verbatim]:
        """Return the rate of every site by name under a value of the dropout control."""
        return dict(zip((site.name for site in self._sites), self._rates(value), strict=True))

    # ---------------------------------------------------------------- seeds and rates

    def _rates(self, value: Any) -> list[float | Verbatim]:
        """Return the rate of every site under a value of the dropout control."""
        rates = self._plain_rates(value)
        if keras.backend.backend() != "tensorflow":
            return list(rates)
        used = self._layers_that_drop()
        return [
            rate or (NEARLY_ZERO if id(s.layer) in used else 0.0) for rate, s in zip(rates, self._sites, strict=True)
        ]

    def _plain_rates(self, value: Any) -> list[float]:
        own = self._template.dropout_rates
        return [rate_of(site, index, value, own) for index, site in enumerate(self._sites)]

    def _layers_that_drop(self) -> set[int]:
        """Return the layers that dropped something at some time; the tunable copy lets them draw at all times."""
        every = [self._plain_rates(value) for value in self._course.values_of("dropout")]
        return {id(site.layer) for rates in every for site, rate in zip(self._sites, rates, strict=True) if rate}

    def _plan(self, *, written: bool) -> None:
        """Decide how random layers get their seeds and rates.

        Args:
            written: Whether the script makes the layers one by one.
        """
        first, moving = self._course.stretches[0], any(move.name == "dropout" for move in self._course.moves)
        rates, self._random = self._rates(first.values["dropout"]), RandomLayers()
        seed = seeds_of(first.values).dropout
        self._random = plan_random_layers(self.model, seed, rates, moving=moving, written=written)
        self.reseeded = {
            stretch.first_epoch: reseeding(
                self.model, seeds_of(stretch.values).dropout, self._random.named, written=written
            )
            for stretch in self._course.stretches
            if "dropout" in stretch.changed or _is_reseeded(stretch)
        }

    # ---------------------------------------------------------------- making

    def _finalized(self) -> list[str]:
        """Return what layers that compute from their weights (an adapted Normalization) need."""
        if not any(hasattr(layer, "finalize_state") for layer in self.model._flatten_layers(include_self=False)):
            return []
        return [
            "for layer in model.layers:",
            '    if hasattr(layer, "finalize_state"):',
            "        layer.finalize_state()",
        ]

    def _making(self) -> list[str]:
        """Return what makes the model: its layers, else a function or class of the user's own, else a place for it."""
        reasons = []
        for attempt in (self._layered, self._built_by_function, self._from_configuration):
            imports, missing = copy.deepcopy(self._borrowed.imports), dict(self._borrowed.missing)
            try:
                self._plan(written=attempt == self._layered)
                return attempt()
            except Unwritable as error:
                reasons.append(str(error))
                self._borrowed.imports, self._borrowed.missing = imports, missing
        return self._left_to_user(reasons[0])

    def _left_to_user(self, why: str) -> list[str]:
        words = _OWN_MODEL.get(self._language, why=why)
        refusal = flat(literal(_OWN_MODEL_HERE.get(self._language)))
        lines = ["", "def build_model():", f'    """{words}"""', f"    raise NotImplementedError({refusal})", "", ""]
        return [*lines, "model = build_model()", *self._building()]

    def _layered(self) -> list[str]:
        if not is_layered(self.model):
            raise Unwritable(f"{type(self.model).__name__} is a class of your own")
        named = set(self._random.named) | self._needed_names()
        writer = ModelWriter(self._borrowed, self._random.forced, named)
        writer.write(self.model)
        return writer.lines

    def _needed_names(self) -> set[str]:
        """Return the names that data or metrics go by."""
        names = set(self.model.output_names) if len(self.model.outputs) > 1 else set()
        x = getattr(self._dataset.training, "x", None)
        return names | {tensor.name for tensor in self.model.inputs} if isinstance(x, dict) else names

    def _built_by_function(self) -> list[str]:
        if self._template.function is None:
            raise Unwritable("no function builds the model")
        if self._structure.changes_layers:
            raise Unwritable("the run changed layers of what your function builds")
        return [f"model = {self._borrowed.name_of(self._template.function)}()", *self._building()]

    def _from_configuration(self) -> list[str]:
        return [source(subclassed_source(self.model, self._borrowed), before="model = "), *self._building()]

    def _building(self) -> list[str]:
        """Return what gives the model its weights, and layers their rates and seeds, that their making did not."""
        if not self._data.training:
            example = "next(iter(train_data))[0]"
        else:
            example = self._data.training[0]
        rows = "keras.tree.map_structure(lambda array: array[:2], {})" if self._data.nested else "{}[:2]"
        return [f"model({rows.format(example)})"]


def _is_reseeded(stretch: Stretch) -> bool:
    """Return whether random layers begin anew here, because the seed that governs them changed."""
    before = {**stretch.values, **{name: old for name, (old, _) in stretch.changed.items()}}
    return seeds_of(before).dropout != seeds_of(stretch.values).dropout
