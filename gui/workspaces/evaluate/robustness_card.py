"""How much a model bears: accuracy against the severity of a change, and the digits that just flipped."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from engine.evaluation.robustness import CHANGES, SEVERITIES
from gui.charts.chart_card import ChartCard
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.overlays import Band
from gui.theme.manager import ThemeManager
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.naming import named
from models.scoring.robustness_curve import RobustnessCurve

_STEPS = np.arange(SEVERITIES + 1, dtype=np.float64)


class RobustnessChart(LineChart):
    """A line and a band over the seeds for one model or two."""

    object_name: ClassVar[str] = "robustnessChart"
    title: ClassVar[str] = "Robustness"
    x_word: ClassVar[str] = "severity"
    empty_text: ClassVar[str] = "Choose a change and press Measure."
    explanation: ClassVar[str] = (
        "The digits are changed step by step, by the severities of MNIST-C; severity 0 is the digit as it is. The band "
        "goes from the worst to the best of three seeds. Click a point to see the digits that just flipped to wrong."
    )

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__(themes)
        styles = (
            LineStyle(lambda theme: theme.accent, dots=True),
            LineStyle(lambda theme: theme.second, 2.0, (6, 3), dots=True),
        )
        self._curves = [self.add_line(f"model {name}", name, style) for name, style in zip("AB", styles, strict=True)]
        self._ranges = [self.add_overlay(Band(line)) for line in self._curves]

    def show_curve(self, found: RobustnessCurve | None) -> None:
        """Show it."""
        empty = np.zeros(0)
        for number, (line, band) in enumerate(zip(self._curves, self._ranges, strict=True)):
            if found is None or number >= len(found.accuracy):
                line.set_data(empty, empty)
                band.set_data(empty, empty, empty)
                continue
            accuracy = found.accuracy[number]
            line.set_data(_STEPS, accuracy.mean(axis=1))
            band.set_data(_STEPS, accuracy.min(axis=1), accuracy.max(axis=1))
        self.mark_dirty(at_once=True)

    def value_text(self, value: float) -> str:
        """A share."""
        return f"{100 * value:.1f} %"


class RobustnessCard(QObject):
    """Chart, card, and what is measured.

    Signals:
        measure_requested(change): measure it in the background.
        chosen(model, severity): a point of a model's line was clicked.
    """

    measure_requested = Signal(str)
    chosen = Signal(int, int)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.chart = RobustnessChart(themes)
        self.chart.setMinimumHeight(150)
        self.card = ChartCard(self.chart)
        self.change_box = named(ElidingComboBox(), "robustnessChange", accessible_name="How the digits are changed")
        self.change_box.addItems(list(CHANGES))
        self.measure_button = QPushButton("Measure")
        self.measure_button.setObjectName("measureButton")
        self.measure_button.setToolTip(
            "Change up to 1,000 of the digits in five steps and judge them, three times each"
        )
        row = filled(QHBoxLayout(), label_for(self.change_box, "Change"), (self.change_box, 1), self.measure_button)
        self.card.body.insertLayout(0, row)
        self.curve: RobustnessCurve | None = None
        self.measure_button.clicked.connect(self._on_measure)
        self.chart.clicked.connect(self._on_clicked)

    def show_progress(self, share: float) -> None:
        """Tell how far the measurement is."""
        self.measure_button.setEnabled(False)
        self.card.set_subtitle(f"{100 * share:.0f} %")

    def show_curve(self, found: RobustnessCurve | None) -> None:
        """Show a measurement, or none."""
        self.curve = found
        self.measure_button.setEnabled(True)
        self.card.set_subtitle(f"{found.change} · {len(found.places):,} digits" if found is not None else "")
        self.chart.show_curve(found)

    @Slot()
    def _on_measure(self) -> None:
        self.measure_requested.emit(self.change_box.currentText())

    @Slot(object)
    def _on_clicked(self, index: tuple[str, int]) -> None:
        self.chosen.emit(0 if index[0] == "model A" else 1, int(index[1]))
