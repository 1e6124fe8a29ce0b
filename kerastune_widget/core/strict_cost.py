"""What strict mode costs: the same steps taken both ways, and their times."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from .text import Text

_SENTENCE = Text(
    en="Strict mode takes {ratio} times as long on this model: {strict} ms a step against {plain} ms ({steps} steps "
    "each way).",
    zh="在这个模型上，严格模式的耗时是普通模式的 {ratio} 倍：每步 {strict} 毫秒，普通模式每步 {plain} 毫秒"
    "（两种方式各 {steps} 步）。",
)


@dataclass(frozen=True)
class StrictCost:
    """Times of some steps, taken in turns without and with strict mode.

    Attributes:
        plain: Seconds a step in each round without strict mode.
        strict: Likewise with it; as many rounds.
        steps: Steps taken each way, in all rounds.
    """

    plain: tuple[float, ...]
    strict: tuple[float, ...]
    steps: int

    @property
    def ratio(self) -> float:
        """How many times as long a step takes in strict mode: the median over the rounds, each compared in itself."""
        return median(strict / plain for plain, strict in zip(self.plain, self.strict, strict=True))

    @property
    def text(self) -> Text:
        """The ratio and both times in words."""
        plain, strict = (f"{1000 * median(times):.3g}" for times in (self.plain, self.strict))
        return _SENTENCE.filled(ratio=f"{self.ratio:.2f}", plain=plain, strict=strict, steps=self.steps)

    def __str__(self) -> str:
        return self.text.en
