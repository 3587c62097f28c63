"""Reliability and refusal: two charts, and what makes a model calibrated."""

import numpy as np
from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider

from gui.charts.chart_card import ChartCard
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.filled import filled
from gui.workspaces.evaluate.coverage_chart import CoverageChart
from gui.workspaces.evaluate.evaluation import Evaluation
from gui.workspaces.evaluate.reliability_chart import ReliabilityChart

_HEIGHT_PX = 170
# Of the slider: tenths of a percent.
_STEPS = 1000
# Keys and the wheel move the slider without letting go of it: it becomes the rule when it has rested this long.
REST_MS = 400


class ReliabilityCard(QObject):
    """Both cards.

    Signals:
        chosen(places, text): the digits of a bin.
        calibrate_requested: fit the temperature.
        rule_requested(threshold): refuse what has less energy.
        undo_requested: take the newest change of temperature or rule back.
    """

    chosen = Signal(object, str)
    calibrate_requested = Signal()
    rule_requested = Signal(float)
    undo_requested = Signal()

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.chart, self.coverage_chart = ReliabilityChart(themes), CoverageChart(themes)
        self.card, self.coverage_card = ChartCard(self.chart), ChartCard(self.coverage_chart)
        for chart in (self.chart, self.coverage_chart):
            chart.setMinimumHeight(_HEIGHT_PX)
        self.scores_label = mark_muted(QLabel())
        self.scores_label.setObjectName("reliabilityScores")
        self.scores_label.setWordWrap(True)
        self.calibrate_button = QPushButton("Calibrate")
        self.calibrate_button.setObjectName("calibrateButton")
        self.calibrate_button.setToolTip("Fit the temperature on the held-out digits and keep it in the model")
        row = filled(QHBoxLayout(), (self.scores_label, 1), self.calibrate_button)
        self.card.body.addLayout(row)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("refusalThreshold")
        self.slider.setAccessibleName("Share of the digits that is answered")
        self.slider.setRange(0, _STEPS)
        self.slider.setValue(_STEPS)
        self.rule_label = mark_muted(QLabel())
        self.rule_label.setObjectName("refusalText")
        self.slider.setToolTip("Where it is let go, there the model refuses from now on")
        self.undo_button = QPushButton("Undo")
        self.undo_button.setObjectName("refusalUndoButton")
        self.undo_button.setToolTip("Give the model back the rule, or the temperature, that it had before")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest)
        below = filled(QHBoxLayout(), (self.slider, 1), self.undo_button)
        self.coverage_card.body.addLayout(below)
        self.coverage_card.body.addWidget(self.rule_label)
        self._found: Evaluation | None = None
        # Where in the curve the slider stands, and where the model's rule does.
        self._place = self._ruled = 0
        self.chart.clicked.connect(self._on_clicked)
        self.calibrate_button.clicked.connect(self.calibrate_requested)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderReleased.connect(self._on_released)
        self.coverage_chart.dragged.connect(self._on_dragged)
        self.coverage_chart.released.connect(self._on_released)
        self.undo_button.clicked.connect(self.undo_requested)

    def show_evaluation(self, found: Evaluation | None, *, undoable: bool = False) -> None:
        """Show both curves of an evaluation; only classes have them."""
        self._found = found
        self._rest.stop()
        reliability = found.reliability if found is not None else None
        for card in (self.card, self.coverage_card):
            card.setVisible(found is None or reliability is not None)
        self.chart.show_curves(reliability)
        self.coverage_chart.show_curve(reliability.coverage if reliability is not None else None)
        several = found is not None and found.answers.task == "multiclass"
        for part in (self.calibrate_button, self.slider):
            part.setEnabled(several)
        self.coverage_chart.threshold.item.setMovable(several)
        self.undo_button.setEnabled(several and undoable)
        self.scores_label.setText("")
        if found is None or reliability is None:
            self.coverage_chart.show_threshold(1.0)
            return
        self.scores_label.setText(
            f"Raw: ECE {100 * reliability.raw.error:.2f} %, Brier {reliability.raw.brier:.4f}. "
            f"At temperature {found.model.calibration.temperature:.3f}: ECE {100 * reliability.now.error:.2f} %, "
            f"Brier {reliability.now.brier:.4f}."
        )
        self.show_rule()

    @Slot()
    def show_rule(self) -> None:
        """Stand where the model's own rule is."""
        self._rest.stop()
        if (found := self._found) is None or found.reliability is None:
            return
        threshold = found.model.calibration.threshold
        answered = 1.0 if threshold is None else float((found.answers.energies >= threshold).mean())
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(_STEPS * answered))
        self._show_share()
        self._ruled = self._place

    @Slot(object)
    def _on_clicked(self, index: tuple[str, int]) -> None:
        found = self._found
        if found is None or found.reliability is None:
            return
        name, point = index
        curve = found.reliability.raw.curve if name == "raw" else found.reliability.now.curve
        filled = np.flatnonzero(curve.counts > 0)
        number = point if name in ("ideal", "share of digits") else int(filled[min(point, len(filled) - 1)])
        low, high = curve.edges[number], curve.edges[number + 1]
        self.chosen.emit(np.flatnonzero(curve.places == number), f"{100 * low:.0f} to {100 * high:.0f} % sure")

    @Slot(int)
    def _on_slider(self, _value: int) -> None:
        self._show_share()
        self._rest.start()

    def _show_share(self) -> None:
        if self._found is None or self._found.reliability is None:
            return
        curve = self._found.reliability.coverage
        # The curve's coverage rises: the last point that answers no more than is wanted.
        self._place = max(
            0, int(np.searchsorted(curve.coverage, self.slider.value() / _STEPS + 1e-9, side="right")) - 1
        )
        coverage, accuracy = float(curve.coverage[self._place]), float(curve.accuracy[self._place])
        self.coverage_chart.show_threshold(coverage)
        self.rule_label.setText(f"{100 * coverage:.1f} % answered, {100 * accuracy:.2f} % of these right")

    @Slot(float)
    def _on_dragged(self, share: float) -> None:
        before = self.slider.value()
        self.slider.setValue(round(_STEPS * share))
        if self.slider.value() == before:
            # The line stands where the slider is, between two of its steps too.
            self._show_share()

    @Slot()
    def _on_rest(self) -> None:
        # What is still held becomes the rule when it is let go.
        if not (self.slider.isSliderDown() or self.coverage_chart.threshold.item.moving):
            self._on_released()

    @Slot()
    def _on_released(self) -> None:
        self._rest.stop()
        if self._found is not None and self._found.reliability is not None and self._place != self._ruled:
            self.rule_requested.emit(float(self._found.reliability.coverage.thresholds[self._place]))
