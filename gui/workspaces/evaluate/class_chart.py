"""Precision, recall, F1 and support of each class as bars that can be sorted and clicked."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout

from engine.core.parameters import IntArray
from gui.charts.bar_chart import BarChart
from gui.charts.chart_card import ChartCard
from gui.charts.live_series import Points
from gui.services.csv_export import Table
from gui.theme.manager import ThemeManager
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.evaluate.evaluation import Evaluation

_SUPPORT: Final = "support"
_METRICS: Final = ("recall", "precision", "f1", _SUPPORT)


class ClassChart(BarChart):
    """One metric of each class; the lowest one is in the accent."""

    object_name: ClassVar[str] = "classChart"
    title: ClassVar[str] = "Per class"
    empty_text: ClassVar[str] = "The metrics of each class appear here."
    explanation: ClassVar[str] = (
        "Recall: the share of a class's digits that are found. Precision: the share of its answers that are right. F1: "
        "their harmonic mean. Support: how many digits there are. Click a bar to see the class's digits."
    )

    def build(self) -> None:
        """Make everything once."""
        super().build()
        self._counts = False
        self._metrics = Table((), [])

    def show_metric(self, metrics: Mapping[str, Points], shown: str, labels: Sequence[str], order: IntArray) -> None:
        """Show one of the metrics, (classes,) each, the classes in this order; all of them go into the table."""
        self._counts = shown == _SUPPORT
        names, values = [labels[place] for place in order], metrics[shown][order]
        columns: list[Sequence[str] | Points] = [names, *(column[order] for column in metrics.values())]
        self._metrics = Table(("name", *metrics), [tuple(columns)])
        self.set_bars(names, values, int(values.argmin()) if len(values) else -1)

    def value_text(self, value: float) -> str:
        """A share, or a count."""
        return f"{value:,.0f}" if self._counts else f"{100 * value:.2f} %"

    def table(self) -> Table:
        """All metrics, a row a class."""
        return self._metrics


class ClassCard(QObject):
    """Chart, card, and what is shown in which order.

    Signals:
        chosen(place): a class, or a label, was clicked.
    """

    chosen = Signal(int)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.chart = ClassChart(themes)
        self.chart.setMinimumHeight(130)
        self.card = ChartCard(self.chart)
        self.metric_box = named(ElidingComboBox(), "classFigure", accessible_name="Metric of each class")
        self.sort_box = QCheckBox("lowest first")
        self.sort_box.setObjectName("classSort")
        self.sort_box.setToolTip("Sort the bars by their height instead of by name")
        row = filled(QHBoxLayout(), label_for(self.metric_box, "Metric"), (self.metric_box, 1), self.sort_box)
        self.card.body.insertLayout(0, row)
        self.metric_box.currentIndexChanged.connect(self._on_changed)
        self.sort_box.toggled.connect(self._on_changed)
        self.chart.clicked.connect(self._on_clicked)
        self._found: Evaluation | None = None
        self._order = np.zeros(0, np.intp)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Offer the metrics that the task has."""
        self._found = found
        metrics = found.metrics if found is not None else {}
        names = [name for name in _METRICS if isinstance(metrics.get(name), list)]
        if found is not None and found.answers.has_classes:
            names.append(_SUPPORT)
        if names != [self.metric_box.itemText(place) for place in range(self.metric_box.count())]:
            with QSignalBlocker(self.metric_box):
                self.metric_box.clear()
                self.metric_box.addItems(names)
        self.card.setVisible(bool(names) or found is None)
        self._show()

    def _show(self) -> None:
        found, name = self._found, self.metric_box.currentText()
        if found is None or not name:
            self.chart.set_bars((), ())
            return
        names = [self.metric_box.itemText(place) for place in range(self.metric_box.count())]
        metrics = {one: np.array(found.metrics[one], np.float64) for one in names if one != _SUPPORT}
        if _SUPPORT in names:
            metrics[_SUPPORT] = np.array(found.metrics["confusion"], np.float64).sum(axis=1)
        values = metrics[name]
        self._order = np.argsort(values, kind="stable") if self.sort_box.isChecked() else np.arange(len(values))
        self.chart.show_metric(metrics, name, found.answers.labels, self._order)

    @Slot()
    def _on_changed(self) -> None:
        self._show()

    @Slot(object)
    def _on_clicked(self, bar: int) -> None:
        self.chosen.emit(int(self._order[bar]))
