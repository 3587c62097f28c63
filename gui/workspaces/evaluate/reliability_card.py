"""Reliability and refusal: two charts, and what makes a model calibrated."""

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider

from gui.charts.chart_card import ChartCard
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.workspaces.evaluate.coverage_chart import CoverageChart
from gui.workspaces.evaluate.evaluation import Evaluation
from gui.workspaces.evaluate.reliability_chart import ReliabilityChart

_HEIGHT_PX = 170
# Of the slider: tenths of a percent.
_STEPS = 1000


class ReliabilityCard(QObject):
    """Both cards.

    Signals:
        chosen(places, text): the digits of a bin.
        calibrate_requested: fit the temperature.
        rule_requested(threshold): refuse what has less energy.
    """

    chosen = Signal(object, str)
    calibrate_requested = Signal()
    rule_requested = Signal(float)

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
        row = QHBoxLayout()
        row.addWidget(self.scores_label, 1)
        row.addWidget(self.calibrate_button)
        self.card.body.addLayout(row)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("refusalThreshold")
        self.slider.setAccessibleName("Share of the digits that is answered")
        self.slider.setRange(0, _STEPS)
        self.slider.setValue(_STEPS)
        self.rule_label = mark_muted(QLabel())
        self.rule_label.setObjectName("refusalText")
        self.rule_button = QPushButton("Make it the rule")
        self.rule_button.setObjectName("refusalButton")
        self.rule_button.setToolTip("The model refuses from now on what lies below this threshold")
        below = QHBoxLayout()
        below.addWidget(self.slider, 1)
        below.addWidget(self.rule_button)
        self.coverage_card.body.addLayout(below)
        self.coverage_card.body.addWidget(self.rule_label)
        self._found: Evaluation | None = None
        self._place = 0
        self.chart.clicked.connect(self._on_clicked)
        self.calibrate_button.clicked.connect(self._on_calibrate)
        self.slider.valueChanged.connect(self._on_slider)
        self.coverage_chart.dragged.connect(self._on_dragged)
        self.rule_button.clicked.connect(self._on_rule)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Show both curves of an evaluation; only classes have them."""
        self._found = found
        reliability = found.reliability if found is not None else None
        for card in (self.card, self.coverage_card):
            card.setVisible(found is None or reliability is not None)
        self.chart.show_curves(reliability)
        self.coverage_chart.show_curve(reliability.coverage if reliability is not None else None)
        several = found is not None and found.answers.task == "multiclass"
        for part in (self.calibrate_button, self.slider, self.rule_button):
            part.setEnabled(several)
        self.scores_label.setText("")
        if found is None or reliability is None:
            self.coverage_chart.show_threshold(1.0)
            return
        self.scores_label.setText(
            f"Raw: ECE {100 * reliability.raw.error:.2f} %, Brier {reliability.raw.brier:.4f}. "
            f"At temperature {found.model.calibration.temperature:.3f}: ECE {100 * reliability.now.error:.2f} %, "
            f"Brier {reliability.now.brier:.4f}."
        )
        threshold = found.model.calibration.threshold
        answered = 1.0 if threshold is None else float((found.answers.energies >= threshold).mean())
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(_STEPS * answered))
        self.slider.blockSignals(blocked)
        self._on_slider(self.slider.value())

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

    @Slot()
    def _on_calibrate(self) -> None:
        self.calibrate_requested.emit()

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        if self._found is None or self._found.reliability is None:
            return
        curve = self._found.reliability.coverage
        # The curve's coverage rises: the last point that answers no more than is wanted.
        self._place = max(0, int(np.searchsorted(curve.coverage, value / _STEPS + 1e-9, side="right")) - 1)
        coverage, accuracy = float(curve.coverage[self._place]), float(curve.accuracy[self._place])
        self.coverage_chart.show_threshold(coverage)
        self.rule_label.setText(f"{100 * coverage:.1f} % answered, {100 * accuracy:.2f} % of these right")

    @Slot(float)
    def _on_dragged(self, share: float) -> None:
        before = self.slider.value()
        self.slider.setValue(round(_STEPS * share))
        if self.slider.value() == before:
            # The line stands where the slider is, between two of its steps too.
            self._on_slider(before)

    @Slot()
    def _on_rule(self) -> None:
        if self._found is not None and self._found.reliability is not None:
            self.rule_requested.emit(float(self._found.reliability.coverage.thresholds[self._place]))
