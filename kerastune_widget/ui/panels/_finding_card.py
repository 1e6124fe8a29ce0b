"""One finding as a card: what was seen, what to do, why it matters, a button that does it and one that proves it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from ...core.diagnosis import Finding, Fix
from ...core.text import NO_TEXT, Text
from ...core.training import ProofLike, RunLike
from ...errors import KerasTuneError
from ..making import make, show_if
from ._base import Context, box
from ._finding_words import documentation, headline, reasons
from ._fold import Fold
from ._proof_line import ProofLine
from ._standing import TRAINING

_WHY = Text(en="Why?", zh="为什么？")
_SHOW = Text(en="Show on chart", zh="在图中标出")
_SHOW_HELP = Text(en="Highlight the epochs that show it", zh="在图中标出相应的训练轮次")
_APPLY_HELP = Text(
    en="Set it for the next run, or at once where possible", zh="用于下次运行；可以即时生效的设置会立即生效"
)
_APPLIED = Text(en="Applied", zh="已应用")
_APPLY_AND_PROVE, _PROVE = Text(en="Apply and prove", zh="应用并验证"), Text(en="Prove", zh="验证")
_PROVE_HELP = Text(
    en="Train three short pairs with and without it, from equal starts over equal batches, and say whether it helped",
    zh="从相同的起点、相同的批次训练三对较短的运行（采用前与采用后），说明它是否有帮助",
)


class FindingCard:
    """Draws one finding; made once for its code and then changed in place, so that nothing flickers or loses focus.

    Attributes:
        finding: What it shows at present.
        touched: Whether a person applied or proved its fix since the card last showed another run.
        apply: The button that applies the fix; hidden when there is none.
        prove: The button that also puts it to the test.
        show: The switch that highlights the evidence on the chart; hidden when it has no span.
        why: The fold with reasons and documentation.
        widget: What is shown.
    """

    def __init__(
        self,
        context: Context,
        finding: Finding,
        selected: Callable[[FindingCard, bool], None],
        announce: Callable[[str], None],
    ) -> None:
        self.context, self.finding = context, finding
        self.touched = False
        self._run: RunLike | None = None
        self._offers = True
        self._causes: Sequence[Text] = ()
        self._refused = NO_TEXT  # why the fix was not accepted
        self._text, self._reasons, self._documentation = (
            make(ipywidgets.HTML),
            make(ipywidgets.HTML),
            make(ipywidgets.HTML),
        )
        self.apply, self.prove = make(ipywidgets.Button, icon="check"), make(ipywidgets.Button, icon="balance-scale")
        self.show = make(ipywidgets.ToggleButton)
        self.why = Fold(context, _WHY, [self._reasons, self._documentation])
        self._announce = announce
        self._proof: ProofLine | None = None
        buttons = [self.apply, self.prove, self.show, self.why.widget]
        self._actions = box(buttons, "card-actions", horizontal=True)
        self.widget = box([self._text, self._actions], "card", f"card-{finding.severity}", layout=ipywidgets.Layout())
        context.on_click(self.apply, lambda: self._try(self._apply))
        context.on_click(self.prove, lambda: self._try(self._apply_and_prove))
        context.on_change(self.show, lambda value: selected(self, value))
        self.translate()

    @property
    def proof(self) -> ProofLine:
        """How the newest proof of the fix stands; made when there is one, as most cards never have any."""
        if self._proof is None:
            self._proof = ProofLine(self.context, self._announce)
            self.widget.children = (*self.widget.children, self._proof.widget)
        return self._proof

    @property
    def applied(self) -> bool:
        """Whether the control stands at what the fix asks for."""
        fix = self.finding.fix
        return fix is not None and self.context.session.settings.get(fix.control) == fix.value

    def update(
        self,
        finding: Finding,
        place: int,
        causes: Sequence[Text],
        run: RunLike | None,
        *,
        folded: bool = False,
        offers: bool = True,
    ) -> None:
        """Show the newest form of the finding; what has not changed is not sent.

        Args:
            finding: What was found.
            place: Where it stands among the findings.
            causes: Titles of the findings that explain it.
            run: Where it was found; None before the first run.
            folded: Whether it is shown only when asked for.
            offers: Whether it offers its fix; not so where a card above offers the same.
        """
        if finding.fix != self.finding.fix:
            self._refused = NO_TEXT
        self._restyle(finding, folded=folded)
        self.finding, self._causes, self._run, self._offers = finding, causes, run, offers
        self.widget.layout.display = None
        self.widget.layout.order = str(place)  # moving the card itself would make the browser draw it anew
        self._write()

    def hide(self) -> None:
        """Take it off the page, keeping it for the next time it is found."""
        self.widget.layout.display = "none"

    def translate(self) -> None:
        """Write every text anew."""
        self.show.description, self.show.tooltip = self.context.say(_SHOW), self.context.say(_SHOW_HELP)
        self.why.translate()
        self._write()

    def _restyle(self, finding: Finding, *, folded: bool) -> None:
        if finding.severity != self.finding.severity:
            self.widget.remove_class(f"kerastune-card-{self.finding.severity}")
            self.widget.add_class(f"kerastune-card-{finding.severity}")
        (self.widget.add_class if folded else self.widget.remove_class)("kerastune-card-folded")

    def _write(self) -> None:
        finding, language = self.finding, self.context.language
        self._text.value = headline(finding, self._causes, language) + self._refusal()
        self._reasons.value = reasons(finding, language)
        self._documentation.value = documentation(finding, language)
        show_if(self.show, finding.span is not None)
        show_if(self.why.widget, bool(self._reasons.value or self._documentation.value))
        self._write_buttons()
        newest = self._newest_proof()
        if newest is not None or self._proof is not None:
            self.proof.show(newest)

    def _refusal(self) -> str:
        why = html.escape(self.context.say(self._refused))
        return why and f'<div class="kerastune-error" role="alert">{why}</div>'

    def _write_buttons(self) -> None:
        fix, session, say = self.finding.fix, self.context.session, self.context.say
        spec = None if fix is None else session.controls.get(fix.control)
        known = spec is not None and spec.disabled is None and self._offers
        show_if(self.apply, known)
        show_if(self.prove, known and session.can_train)
        if fix is None:
            return
        label = say(fix.label)
        self.apply.description = f"{label} · {say(_APPLIED)}" if self.applied else label
        self.apply.disabled, self.apply.tooltip = self.applied, say(_APPLY_HELP)
        self.prove.description = say(_PROVE if self.applied else _APPLY_AND_PROVE)
        self.prove.disabled = self.context.standing in TRAINING
        self.prove.tooltip = say(_PROVE_HELP)

    def _newest_proof(self) -> ProofLike | None:
        """Return the newest proof of this fix for this run."""
        fix, number = self.finding.fix, None if self._run is None else self._run.number
        proofs = reversed(self.context.session.proofs if self._offers else ())
        return next((proof for proof in proofs if proof.run == number and equal_fixes(proof.fix, fix)), None)

    def _try(self, act: Callable[[Fix], Any]) -> None:
        """Do what a button asks for, or say why not."""
        fix = self.finding.fix
        if fix is None:
            return
        try:
            act(fix)
            self._refused, self.touched = NO_TEXT, True
        except KerasTuneError as error:
            self._refused = error.text
        self._write()
        self.context.nudge()  # the control moves with the next drawing

    def _apply(self, fix: Fix) -> None:
        self.context.session.set(fix.control, fix.value)

    def _apply_and_prove(self, fix: Fix) -> None:
        self.context.session.start_proof(fix, self._run)  # first: it may start from the settings as they are
        if not self.applied:
            self._apply(fix)


def equal_fixes(first: Fix | None, second: Fix | None) -> bool:
    """Whether two findings ask for the same change."""
    if first is None or second is None:
        return False
    return bool((first.control, first.value) == (second.control, second.value))
