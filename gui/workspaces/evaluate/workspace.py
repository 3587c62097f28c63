"""The Evaluate tab: everything stands on one set of answers, computed once in the background."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.core.parameters import IntArray
from gui.charts.chart_card import ChartCard
from gui.charts.export_menu import ExportMenu
from gui.lab.lab import Lab
from gui.services.background_task import BackgroundTasks
from gui.services.redraw_scheduler import RedrawScheduler
from gui.services.steps import Steps
from gui.theme.manager import ThemeManager
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.evaluate.choice_card import ChoiceCard
from gui.workspaces.evaluate.class_chart import ClassCard
from gui.workspaces.evaluate.comparison_card import ComparisonCard
from gui.workspaces.evaluate.confused_card import ConfusedCard
from gui.workspaces.evaluate.digit_actions import DigitActions
from gui.workspaces.evaluate.digits_card import DigitsCard, WorstCard
from gui.workspaces.evaluate.evaluation import Evaluation, evaluate_wish, measure_robustness
from gui.workspaces.evaluate.matrix_card import MatrixCard
from gui.workspaces.evaluate.model_changes import ModelChanges
from gui.workspaces.evaluate.reliability_card import ReliabilityCard
from gui.workspaces.evaluate.report_button import ReportButton
from gui.workspaces.evaluate.residual_card import ResidualCard
from gui.workspaces.evaluate.robustness_card import RobustnessCard
from gui.workspaces.evaluate.wishes import make_wish

# Evaluations that are kept: going back to one costs nothing.
_KEPT = 6


class EvaluateWorkspace(Workspace):
    """Judges the current model on the chosen digits, and lets every number be clicked to the digits behind it."""

    key: ClassVar[str] = "evaluate"
    empty_text: ClassVar[str] = "Choose a model beside the canvas: its mistakes are shown here."
    help_text: ClassVar[str] = (
        "The current model answers all digits of a data set. Click a cell of the matrix, a bar or a point to see "
        "exactly the digits behind it; a double click puts one on the canvas. Choose a second model to compare."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
        self.tasks = BackgroundTasks(self)
        self._steps = Steps(self)
        self.found: Evaluation | None = None
        self._kept: dict[tuple[object, ...], Evaluation] = {}
        self._asked: tuple[object, ...] = ()
        # The data set of the window whose digits were offered last; another choice of the user's stays.
        self._followed = ""
        self.choice = ChoiceCard()
        self.matrix = MatrixCard(themes)
        self.examples = DigitsCard(
            themes, "Digits", "exampleGrid", "Click a cell, a bar or a point: the digits behind it appear here.", 2
        )
        self.confused = ConfusedCard()
        self.worst = WorstCard(themes)
        self.comparison = ComparisonCard()
        self.classes = ClassCard(themes)
        self.reliability = ReliabilityCard(themes)
        self.robustness = RobustnessCard(themes)
        self.residuals = ResidualCard(themes)
        self.report_button = ReportButton(self, themes, lab)
        self.choice.header.addWidget(self.report_button)
        self.changes = ModelChanges(lab, self.tasks, self)
        self.digit_actions = DigitActions(lab, self.key, (self.examples, self.worst), self)
        self._grid = QGridLayout()
        self._cards: list[QWidget] = [
            *(self.matrix.card, self.examples, self.confused, self.worst, self.residuals.card),
            *(self.residuals.histogram_card, self.reliability.card, self.reliability.coverage_card),
            *(self.classes.card, self.robustness.card),
        ]
        self._arranged: list[QWidget] = []
        self._assemble()
        self._connect()
        self.exports = ChartExports(lab, self)
        scheduler = RedrawScheduler(self)
        for card in self.findChildren(ChartCard):
            card.chart.set_scheduler(scheduler)
        self.exports.adopt(*self.findChildren(ExportMenu))
        for step in self._showing(None):
            step()
        self._offer()

    # What the next start should find again.

    def collect_values(self) -> dict[str, Any]:
        """The digits, the second model, and how the matrix is read."""
        return {"digits": list(self.choice.digits), "against": self.choice.against, **self.matrix.values()}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Choose the same again where it is still there."""
        digits, against = values.get("digits"), values.get("against")
        if isinstance(digits, list) and len(digits) == 2 and isinstance(against, str):
            self.choice.choose((str(digits[0]), str(digits[1])), against)
        self.matrix.set_values(values)

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        self.tasks.shut_down()
        self.exports.finish()

    # From wish to metrics.

    def refresh_pause_ms(self) -> int:
        """A model in training answers anew each epoch, and that may be often."""
        return 50

    def refresh(self) -> None:
        """Evaluate what is wished for now, unless that is done or under way."""
        self._offer()
        choice = self.choice
        wish = make_wish(self.lab, choice.digits, choice.digits_box.currentText(), choice.against)
        if wish is None:
            self._asked = ()
            self._show(None)
            self.choice.show_hint(self.empty_text)
        if wish is None or wish.key == self._asked:
            return
        self._asked = wish.key
        if wish.key in self._kept:
            self.tasks.cancel("evaluate")
            self._show(self._kept[wish.key])
            return
        self.choice.show_progress(0.0)
        self.tasks.start(
            "evaluate",
            partial(evaluate_wish, wish, tuple(self._kept.values())),
            done=self._on_done,
            failed=self._on_failed,
            progressed=self.choice.show_progress,
            version=lambda: self._asked,
        )

    def _offer(self) -> None:
        """Let the digits and second models be chosen that there are now."""
        self.choice.show_datasets(self.lab.datasets.entries)
        if self._followed != self.lab.datasets.current.key:
            self._followed = self.lab.datasets.current.key
            self.choice.follow(self._followed)
        self.choice.show_models(self.lab.models.entries, self.lab.models.current)

    @Slot(object)
    def _on_done(self, found: Evaluation) -> None:
        self._kept[self._asked] = found
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        self._show(found)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._show(None)
        self.choice.show_problem(str(error))

    @Slot()
    def _on_cancel(self) -> None:
        self.tasks.cancel("evaluate")
        self.choice.show_progress(None)

    def _show(self, found: Evaluation | None) -> None:
        """Show it card by card; clicks count again when the last one is done."""
        self.tasks.cancel("robustness")
        self.digit_actions.show_evaluation(None)
        self._steps.start(self._showing(found))

    def _showing(self, found: Evaluation | None) -> list[Callable[[], None]]:
        def begin() -> None:
            # What moves all cards comes first and alone: the whole page is painted then.
            self.choice.show_progress(None)
            if found is not None:
                self.choice.show_evaluation(found)
            self.comparison.show_evaluation(found)

        def reliability() -> None:
            self.reliability.show_evaluation(found, undoable=self.changes.can_undo)

        def end() -> None:
            self._arrange()
            self.robustness.show_curve(None)
            self.digit_actions.show_evaluation(found)
            self.examples.show_digits(found, np.zeros(0, np.intp))
            self.found = found

        parts = (self.matrix, self.confused, self.worst, self.classes, self.residuals, self.report_button)
        return [begin, *(partial(part.show_evaluation, found) for part in parts), reliability, end]

    @property
    def _clicked(self) -> Evaluation | None:
        """What a click is about; None while another evaluation takes the place of the one that was seen."""
        return None if self._steps.under_way else self.found

    # From metrics to digits.

    def show_places(self, places: IntArray, text: str) -> None:
        """Show exactly these digits, places in the answers, and make them the selection of all tabs."""
        if (found := self._clicked) is not None:
            self.examples.show_digits(found, places, text)
            self.digit_actions.select(places, -1)

    @Slot(int)
    def _on_class(self, place: int) -> None:
        if (found := self._clicked) is not None:
            self.show_places(*found.of_class(place))

    @Slot()
    def _on_calibrate(self) -> None:
        if (found := self._clicked) is not None:
            self.changes.calibrate(found)

    @Slot(str)
    def _on_measure(self, change: str) -> None:
        if (found := self._clicked) is not None:
            self.tasks.start(
                "robustness",
                partial(measure_robustness, found, change),
                done=self.robustness.show_curve,
                failed=self._on_sweep_failed,
                progressed=self.robustness.show_progress,
                version=lambda: self._asked,
            )

    @Slot(object)
    def _on_sweep_failed(self, error: Exception) -> None:
        self.robustness.show_curve(None)
        self.lab.messages.error.emit(error)

    @Slot(int, int)
    def _on_flipped(self, model: int, severity: int) -> None:
        found, curve = self._clicked, self.robustness.curve
        if found is None or curve is None:
            return
        rows = curve.flipped(model, severity)
        rows = rows[np.isin(curve.places[rows], found.answers.places)]
        places = np.searchsorted(found.answers.places, curve.places[rows])
        text = f"flipped by {curve.change} {severity}"
        self.examples.show_digits(found, places, text, curve.images[severity][rows])
        self.digit_actions.select(places, -1)

    @Slot(bool)
    def _on_only_right(self, first: bool) -> None:
        if (found := self._clicked) is not None and found.against is not None:
            title = found.title if first else found.against_title
            self.show_places(found.only_right(first=first), f"only {title} right")

    # Making.

    def _connect(self) -> None:
        lab = self.lab
        changes = (lab.models.chosen, lab.models.entries_changed, lab.datasets.entries_changed)
        for change in (*changes, lab.datasets.current_changed, lab.epoch.changed):
            change.connect(self.request_refresh)
        self.choice.changed.connect(self.request_refresh)
        self.choice.cancel_requested.connect(self._on_cancel)
        self.matrix.chosen.connect(self.show_places)
        self.confused.chosen.connect(self.matrix.choose)
        self.classes.chosen.connect(self._on_class)
        self.reliability.chosen.connect(self.show_places)
        self.residuals.chosen.connect(self.show_places)
        self.reliability.calibrate_requested.connect(self._on_calibrate)
        self.reliability.rule_requested.connect(self.changes.set_threshold)
        self.reliability.undo_requested.connect(self.changes.undo)
        self.changes.error.connect(self.reliability.show_rule)
        self.changes.error.connect(lab.messages.error)
        self.robustness.measure_requested.connect(self._on_measure)
        self.robustness.chosen.connect(self._on_flipped)
        self.comparison.requested.connect(self._on_only_right)

    def _arrange(self) -> None:
        """Move the cards of this task together: those of other tasks leave no gaps."""
        shown = [card for card in self._cards if not card.isHidden()]
        if shown != self._arranged:
            self._arranged = shown
            for place, card in enumerate(shown):
                self._grid.addWidget(card, 2 + place // 2, place % 2)

    def _assemble(self) -> None:
        grid = self._grid
        grid.addWidget(self.choice, 0, 0, 1, 2)
        grid.addWidget(self.comparison, 1, 0, 1, 2)
        for place, card in enumerate(self._cards):
            grid.addWidget(card, 2 + place // 2, place % 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(2, 1)
        filled(QVBoxLayout(self), ScrollPage(grid, self.themes, self), margins=0)
