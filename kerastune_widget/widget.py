"""The widget: a session and the workbench that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
from IPython.display import display

from .core.text import NO_TEXT, Language
from .ui.comm_route import answer_where_asked
from .ui.saved import SavedState, can_display
from .ui.workbench import Workbench

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .core.training import RunLike
    from .engine.run import Run
    from .engine.run_log.saved_session import SavedSession
    from .engine.session import Session


class TuneWidget(ipywidgets.VBox):  # type: ignore[misc]
    """Tune a compiled Keras model by hand: sliders, live curves, a diagnosis.

    Leave it as a cell's last line to show it::

        from kerastune_widget import TuneWidget

        widget = TuneWidget(model, (x, y), validation_data=(x_test, y_test))
        widget

    Press Run, move a slider while it trains, read the diagnosis. Your own model is never touched: a copy trains.
    The same works from code, for a notebook that runs without a browser::

        run = widget.run(learning_rate=0.01, epochs=5)
        widget.figure()

    It may be shown in several cells at once. Training goes on in the background; cells stay usable.

    Args:
        model: A compiled Keras model, or a function without arguments that returns one.
        data: What to train on: ``(x, y)`` arrays, a ``tf.data.Dataset``, or whatever else ``Session`` takes.
        validation_data: What to validate on, in the same form; None to let the session decide.
        language: "en" or "zh"; can be changed at any time.
        **session_options: Passed on to ``Session``.

    Raises:
        ModelError: If the model cannot be wrapped.
        DataError: If the data cannot be trained on.
    """

    def __init__(
        self,
        model: Any,
        data: Any,
        *,
        validation_data: Any = None,
        language: Language = "en",
        **session_options: Any,
    ) -> None:
        from .engine.session import Session

        NO_TEXT.get(language)  # refuses an unknown language before anything is built
        session = Session(model, data, validation_data=validation_data, **session_options)
        self._show(session, language, ours=True)

    @classmethod
    def from_session(cls, session: Session | SavedSession, language: Language = "en") -> TuneWidget:
        """Show a session that is there already, such as one that was read from a log.

        Closing the widget leaves the session open. One that was loaded without data shows its runs and trains nothing::

            TuneWidget.from_session(kt.Session.load("runs"))

        Args:
            session: What to show.
            language: "en" or "zh"; can be changed at any time.
        """
        NO_TEXT.get(language)
        widget = cls.__new__(cls)
        widget._show(session, language, ours=False)
        return widget

    def _show(self, session: Session | SavedSession, language: Language, *, ours: bool) -> None:
        self._session, self._ours = session, ours
        self._workbench = Workbench(session, language)
        self._saved = SavedState(self._workbench)
        super().__init__([self._saved.style_sheet(), self._workbench.root])
        answer_where_asked(self)

    @property
    def session(self) -> Session | SavedSession:
        """The session behind it: runs, settings, events."""
        return self._session

    @property
    def language(self) -> Language:
        """What it speaks, "en" or "zh"; set it at any time, nothing is lost."""
        return self._workbench.language

    @language.setter
    def language(self, language: Language) -> None:
        NO_TEXT.get(language)
        self._workbench.language = language

    def run(self, **hyperparameters: Any) -> Run:
        """Train to the end and return the run; the widget shows it too.

        Args:
            **hyperparameters: Settings that differ from the widget's for this run.

        Raises:
            HyperparameterError: If a setting is unknown or out of range.
            SessionBusyError: If it is training already.
        """
        try:
            return self._session.run(**hyperparameters)
        finally:
            self._workbench.flush()

    def figure(self, run: RunLike | None = None) -> Figure:
        """Return the curves as a matplotlib figure.

        Args:
            run: Which run; None for those that are shown.
        """
        from .ui.figure import draw

        return draw(self._workbench.spec(run), self.language)

    def save_figure(self, path: str | Path, run: RunLike | None = None) -> None:
        """Save the curves as a picture.

        Args:
            path: Where to; its ending says as what: .png, .svg or .pdf. A file that is there is overwritten.
            run: Which run; None for those that are shown.

        Raises:
            KerasTuneError: If the path ends in something else.
        """
        from .ui.figure_file import check_path, save

        target = check_path(path)
        save(self.figure(run), target)

    def close(self) -> None:
        """Stop any training, let go of the model's memory and take the widget off the page.

        A session that was handed to ``from_session`` stays open.
        """
        for part in ("_saved", "_workbench", "_session"):  # neither exists when the constructor failed
            if hasattr(self, part) and (part != "_session" or self._ours):
                getattr(self, part).close()
        super().close()

    def _ipython_display_(self) -> None:
        """Show the widget and, for the saved notebook, a still output that the live widget hides."""
        if not can_display():
            raise NotImplementedError  # IPython then shows the representation as text
        display(self._repr_mimebundle_(), raw=True)
        self._saved.show()

    def __repr__(self) -> str:
        runs = self._session.runs
        last = f", last {runs[-1].status}" if runs else ""
        return f"<TuneWidget: {len(runs)} run{'' if len(runs) == 1 else 's'}{last}>"
