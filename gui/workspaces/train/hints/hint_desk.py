"""Brings together the run, the rules, the list and the charts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.line_chart import LineChart
from gui.lab.run_started import RunStarted
from gui.workspaces.train.form import TrainingForm
from gui.workspaces.train.hints.hint_list import HintList
from gui.workspaces.train.hints.hint_watch import HintWatch
from gui.workspaces.train.layer_watch import LayerWatch

if TYPE_CHECKING:
    from engine.training.hints.rule import Finding


class HintDesk(QObject):
    """Asks the rules when an epoch or the run has ended, and does what the list's buttons say.

    Args:
        form: takes the advice.
        charts: whose epochs are shaded.
        layers: looks at the network.

    Signals:
        applied(sentence): what was put into the form.
    """

    applied = Signal(str)

    def __init__(
        self, form: TrainingForm, charts: Iterable[LineChart], layers: LayerWatch, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.list = HintList()
        self._form, self._charts, self._watch = form, tuple(charts), HintWatch(layers)
        self.list.apply_requested.connect(self._on_apply)
        self.list.shade_requested.connect(self._on_shade)
        self._watched = self._stale = False
        layers.read.connect(self._look)

    def begin(self, started: RunStarted) -> None:
        """A run begins."""
        self._watch.begin(started)
        self.list.begin()

    def add(self, progress: TrainingProgress) -> None:
        """There is news."""
        self._watch.add(progress)
        if progress.epochs:
            self._look()

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""
        self._watch.finish(finished)
        self._look()

    def set_watched(self, watched: bool) -> None:
        """Whether the tab is seen: the rules are asked only then."""
        self._watched = watched
        if watched and self._stale:
            self._look()

    @Slot()
    def _look(self) -> None:
        self._stale = not self._watched
        if self._watched:
            self.list.show_findings(self._watch.find())

    @Slot(object)
    def _on_apply(self, finding: "Finding") -> None:
        self.applied.emit(f"For the next training: {self._form.apply(finding.change)}.")

    @Slot(object)
    def _on_shade(self, finding: "Finding | None") -> None:
        for chart in self._charts:
            if finding is None:
                chart.shade(None)
            else:
                chart.shade(self._watch.offset + finding.first_epoch, self._watch.offset + finding.last_epoch)
