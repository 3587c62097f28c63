"""From the last layer's numbers to the answer, step by step."""

import numpy as np
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableWidget, QTableWidgetItem

from engine.core.activations import sigmoid
from engine.core.parameters import FloatArray
from engine.inspection.activations import softmax_steps
from engine.inspection.twin import answered_by
from gui.prediction.angle_dial import AngleDial
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.inspect.subject import Subject

_WIDEST = " −0.0000 "
_SOFTMAX = ("z", "z − max", "e^…", "p")
_FORMULAS = {
    "sigmoid": "p = σ(z) = 1 / (1 + e<sup>−z</sup>).",
    "softmax": "p = e<sup>z − max z</sup> / Σ e<sup>z − max z</sup>.",
    "": "The answer is z itself.",
}


class AnswerTable(Card):
    """A row a class (or label): logit, shifted, power, probability; or logit and σ of it."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("From logits to the answer", "")
        self.dial = named(AngleDial(themes), "inspectedAngle")
        self.dial.setMinimumHeight(140)
        self.body.addWidget(self.dial)
        self._names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.table = named(QTableWidget(), "softmaxTable", accessible_name="From logits to probabilities")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.note = mark_muted(QLabel(wordWrap=True))
        self.body.addWidget(self.table)
        self.body.addWidget(self.note)

    def show_subject(self, subject: Subject) -> None:
        """The steps for the present drawing; nothing for a blank one."""
        self.setVisible(bool(subject.outputs))
        turned = subject.model.task == "regression"
        self.set_title("The answer" if turned else "From logits to the answer")
        for widget, wanted in ((self.dial, turned), (self.table, not turned), (self.note, not turned)):
            widget.setVisible(wanted)
        if turned:
            self.dial.set_answer(subject.prediction)
        if not subject.outputs or turned:
            return
        logits = subject.outputs[-1].astype(np.float64)
        rule = answered_by(subject.model.network)
        if rule == "softmax":
            self._fill(subject.model.labels, _SOFTMAX, softmax_steps(logits))
        else:
            labels = subject.model.labels[1:] if subject.model.task == "binary" else subject.model.labels
            columns = {"z": logits} | ({"σ(z)": sigmoid(logits)} if rule else {})
            self._fill(labels, tuple(columns), np.stack(list(columns.values())))
        self.note.setText(f"{_FORMULAS[rule]} {_difference(subject)}")

    def _fill(self, rows: tuple[str, ...], columns: tuple[str, ...], values: FloatArray) -> None:
        table = self.table
        if (table.rowCount(), table.columnCount()) != (len(rows), len(columns)):
            table.setRowCount(len(rows))
            table.setColumnCount(len(columns))
            for row in range(len(rows)):
                for column in range(len(columns)):
                    table.setItem(row, column, QTableWidgetItem())
        if (rows, columns) != self._names:
            self._names = rows, columns
            table.setHorizontalHeaderLabels(list(columns))
            table.setVerticalHeaderLabels(list(rows))
        height = table.horizontalHeader().height() + len(rows) * table.rowHeight(0) + 4
        table.setFixedHeight(max(60, height))
        # A number that is cut tells nothing, however large the text is: the page is wider then.
        heads = (table.horizontalHeader().sectionSizeFromContents(place).width() for place in range(len(columns)))
        number = max(table.fontMetrics().horizontalAdvance(_WIDEST), *heads)
        table.setMinimumWidth(table.verticalHeader().sizeHint().width() + len(columns) * number + 4)
        for row in range(len(rows)):
            for column in range(len(columns)):
                item = table.item(row, column)
                if item is not None:
                    value = float(values[column, row])
                    # Zeros take the room of digits: a number that is cut tells nothing.
                    digits = 2 + (abs(value) >= 1e-2) + (abs(value) >= 0.1)
                    item.setText(f"{value:.{digits}g}".replace("-", "−"))


def _difference(subject: Subject) -> str:
    """Why the answer beside the canvas may be another number than the table's."""
    parts = []
    if subject.model.calibration.temperature != 1:
        parts.append(f"divides z by the temperature {subject.model.calibration.temperature:.3g}")
    if subject.twin.loss is not None and subject.twin.loss.kind == "open_set_crossentropy":
        parts.append("adds a class “none” with z = 0, whose share it spreads over all")
    return f"The answer beside the canvas also {' and '.join(parts)}." if parts else ""
