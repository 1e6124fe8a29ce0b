"""How a proof goes, and what came of it: one line on the card of its finding."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets

from ...core.plots._words import in_sentence
from ...core.proof import Verdict
from ...core.text import Text
from ...core.training import ProofLike
from ...core.value_text import setting_title, setting_value
from ...errors import KerasTuneError
from ..making import make, show_if
from ._base import Context, box

ICONS: dict[Verdict, str] = {"helped": "✔", "no clear effect": "≈", "made it worse": "✖", "not finished": "–"}

_GOING = Text(en="Pair {pair} of {pairs}, {side}…", zh="第 {pair}/{pairs} 对：{side}……")
_WITHOUT, _WITH = Text(en="without the fix", zh="采用前"), Text(en="with the fix", zh="采用后")
_STOP = Text(en="Stop", zh="停止")
_STOP_HELP = Text(en="End the comparison; nothing is proved then", zh="结束比较；不会得出结论")
_BACK = Text(en="Back to {title} {value}", zh="改回{title} {value}")
_BACK_HELP = Text(en="Set it as it was before the fix", zh="恢复为改动之前的设置")


class ProofLine:
    """Follows the newest proof of one finding's fix; takes no room without one.

    Attributes:
        stop: Ends the proof; there while it goes on.
        back: Takes the fix back; there when it did not help.
        widget: What is shown.
    """

    def __init__(self, context: Context, announce: Callable[[str], None]) -> None:
        self.context, self._announce = context, announce
        self._proof: ProofLike | None = None
        self._followed = False  # whether it was seen going on, so that its verdict is news
        self._line = make(ipywidgets.HTML)
        self.stop, self.back = make(ipywidgets.Button, icon="stop"), make(ipywidgets.Button, icon="undo")
        self.widget = box([self._line, self.stop, self.back], "proof", horizontal=True)
        context.on_click(self.stop, context.session.stop)
        context.on_click(self.back, self._set_back)
        self.show(None)

    def show(self, proof: ProofLike | None) -> None:
        """Show how ``proof`` stands; None for no proof."""
        self._followed = self._followed and proof is self._proof
        self._proof = proof
        self.write()
        if proof is None:
            return
        if proof.result is None:
            self._followed = True
        elif self._followed:
            self._followed = False
            self._announce(proof.result.sentence(self.context.language))

    def write(self) -> None:
        """Write everything anew."""
        say, proof = self.context.say, self._proof
        show_if(self.widget, proof is not None)
        self.stop.description, self.stop.tooltip = say(_STOP), say(_STOP_HELP)
        show_if(self.stop, proof is not None and proof.result is None)
        show_if(self.back, self._can_go_back())
        if proof is None:
            return
        self._line.value = self._progress(proof) if proof.result is None else self._verdict(proof)
        controls, name = self.context.session.controls, proof.fix.control
        title = setting_title(name, controls)
        shown = Text(en=in_sentence(title.en), zh=title.zh)
        self.back.description = say(_BACK, title=shown, value=setting_value(name, proof.before, controls))
        self.back.tooltip = say(_BACK_HELP)

    def _progress(self, proof: ProofLike) -> str:
        pair, fixed = divmod(max(len(proof.runs) - 1, 0), 2)
        words = self.context.say(_GOING, pair=pair + 1, pairs=proof.pairs, side=_WITH if fixed else _WITHOUT)
        share = len(proof.runs) - 1, 2 * proof.pairs
        meter = f'<progress aria-hidden="true" value="{share[0]}" max="{share[1]}"></progress>'
        return f"<span>{html.escape(words)}</span> {meter}"

    def _verdict(self, proof: ProofLike) -> str:
        result, language = proof.result, self.context.language
        assert result is not None
        kind = result.verdict.replace(" ", "-")
        word = f'<span aria-hidden="true">{ICONS[result.verdict]}</span> <b>{html.escape(result.word(language))}</b>'
        return f'<span class="kerastune-verdict-{kind}">{word}</span> {html.escape(result.detail(language))}'

    def _can_go_back(self) -> bool:
        proof, session = self._proof, self.context.session
        if proof is None or proof.result is None or proof.result.verdict == "helped":
            return False
        return bool(session.settings.get(proof.fix.control) == proof.fix.value != proof.before)

    def _set_back(self) -> None:
        proof = self._proof
        if proof is None:
            return
        try:
            self.context.session.set(proof.fix.control, proof.before)
        except KerasTuneError as error:
            why = html.escape(self.context.say(error.text))
            self._line.value += f' <span class="kerastune-error" role="alert">{why}</span>'
        show_if(self.back, self._can_go_back())
        self.context.nudge()
