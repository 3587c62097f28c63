"""Several yes-or-no answers at once: a box that is checked or not, and a probability each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSizePolicy, QWidget

from engine.evaluation.wording import percent
from gui.lab.classifier import Prediction
from gui.theme.stylesheet import mark_muted


class PropertyList(QWidget):
    """Shows, and cannot be switched: a label is checked where its probability is at least one half."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outputToggles")
        self.setAccessibleName("Properties of the drawing")
        self.setToolTip("Each property has a probability of its own; from 50 % on it is taken as true.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._values: tuple[float, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self._numbers: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)

    @property
    def values(self) -> tuple[float, ...]:
        """The probabilities that are shown; empty where there is no answer."""
        return self._values

    def set_answer(self, answer: Prediction) -> None:
        """Show an answer, or only the names for a blank drawing."""
        if answer.labels and answer.labels != tuple(self._boxes):
            self._make_rows(answer.labels)
        self._values = () if answer.probabilities is None else tuple(answer.probabilities.tolist())
        for place, (box, number) in enumerate(zip(self._boxes.values(), self._numbers, strict=True)):
            value = self._values[place] if self._values else None
            box.setChecked(value is not None and value >= 0.5)
            text = "" if value is None else percent(value)
            number.setText(text)
            box.setAccessibleDescription(text)
        parts = [
            f"{label}: {'yes' if value >= 0.5 else 'no'}, {percent(value)}"
            for label, value in zip(self._boxes, self._values, strict=False)
        ]
        self.setAccessibleDescription("; ".join(parts) or "No answer yet.")

    def _make_rows(self, labels: tuple[str, ...]) -> None:
        for widget in (*self._boxes.values(), *self._numbers):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._boxes, self._numbers = {}, []
        for row, label in enumerate(labels):
            box = QCheckBox(label)
            box.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            number = mark_muted(QLabel())
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            # Of a fixed size: nothing is laid out anew when the number is another.
            metrics = number.fontMetrics()
            number.setFixedSize(metrics.horizontalAdvance("> 100.0 %"), metrics.height() + 4)
            self._grid.addWidget(box, row, 0)
            self._grid.addWidget(number, row, 1)
            self._boxes[label] = box
            self._numbers.append(number)
