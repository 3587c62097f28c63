"""Several yes-or-no answers at once: a switch, a name and a probability each."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.lab.classifier import Prediction
from gui.lab.wording import percent
from gui.theme.manager import ThemeManager

_SWITCH_WIDTH_PX: Final = 30
_SWITCH_HEIGHT_PX: Final = 16
_LARGEST_ROW_PX: Final = 34
_SMALLEST_ROW_PX: Final = 22


class PropertyList(QWidget):
    """Shows, and cannot be switched: a label is on where its probability is at least one half."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outputToggles")
        self.setAccessibleName("Properties of the drawing")
        self.setToolTip("Each property has a probability of its own; from 50 % on it is taken as true.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._themes = themes
        self._labels: tuple[str, ...] = ()
        self._values: tuple[float, ...] = ()
        themes.changed.connect(self._on_theme_changed)

    @property
    def values(self) -> tuple[float, ...]:
        """The probabilities that are shown; empty where there is no answer."""
        return self._values

    def set_answer(self, answer: Prediction) -> None:
        """Show an answer, or only the names for a blank drawing."""
        if answer.labels and answer.labels != self._labels:
            self._labels = answer.labels
            self.updateGeometry()
        self._values = () if answer.probabilities is None else tuple(answer.probabilities.tolist())
        if self._values:
            parts = [
                f"{label}: {'yes' if value >= 0.5 else 'no'}, {percent(value)}"
                for label, value in zip(self._labels, self._values, strict=True)
            ]
            self.setAccessibleDescription("; ".join(parts))
        else:
            self.setAccessibleDescription("No answer yet.")
        self.update()

    def sizeHint(self) -> QSize:
        """Comfortable rows."""
        return QSize(272, _LARGEST_ROW_PX * max(1, len(self._labels)))

    def minimumSizeHint(self) -> QSize:
        """Tight rows."""
        return QSize(160, _SMALLEST_ROW_PX * max(1, len(self._labels)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One row a label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = min(_LARGEST_ROW_PX, self.height() // max(1, len(self._labels)))
        for index, label in enumerate(self._labels):
            value = self._values[index] if self._values else None
            self._paint_row(painter, QRectF(0, index * height, self.width(), height), label, value)
        painter.end()

    def _paint_row(self, painter: QPainter, row: QRectF, label: str, value: float | None) -> None:
        theme = self._themes.theme
        on = value is not None and value >= 0.5
        middle = row.center().y()
        switch = QRectF(row.x(), middle - _SWITCH_HEIGHT_PX / 2, _SWITCH_WIDTH_PX, _SWITCH_HEIGHT_PX)
        radius = _SWITCH_HEIGHT_PX / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if on else "control_line" if value is not None else "track"))
        painter.drawRoundedRect(switch, radius, radius)
        painter.setBrush(theme.color("on_accent" if on else "surface"))
        knob = switch.right() - radius if on else switch.left() + radius
        painter.drawEllipse(QPointF(knob, middle), radius - 3, radius - 3)

        text = percent(value) if value is not None else ""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if on else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.color("text" if on else "muted"))
        words = row.adjusted(_SWITCH_WIDTH_PX + 10, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()
