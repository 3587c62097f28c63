"""One knob: its name, its value, and a slider."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_muted
from gui.widgets.explanation import explain
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.train.knobs.scales import Scale, text_of

# A slider that moves turns the knob once it rests.
SETTLE_MS = 150


class Knob(QWidget):
    """A slider over the values of a scale.

    Signals:
        moved(key, value): it shows another value.
        turned(key, value): it rests at another value than before.
    """

    moved = Signal(str, float)
    turned = Signal(str, float)

    def __init__(self, key: str, scale: Scale, start: float) -> None:
        super().__init__()
        self.key, self._scale = key, scale
        self._values = scale.values(start)
        self._turned = start
        self._label = mark_muted(QLabel())
        self.slider = named(QSlider(Qt.Orientation.Horizontal), f"{key}Knob", accessible_name=scale.title)
        self.slider.setRange(0, len(self._values) - 1)
        self.slider.setPageStep(max(1, len(self._values) // 10))
        self.slider.setValue(self._values.index(start))
        explain(self.slider, f"<b>{scale.title}</b><br>{scale.explanation}")
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._on_settled)
        self.slider.valueChanged.connect(self._on_moved)
        filled(QVBoxLayout(self), self._label, self.slider, margins=0, spacing=2)
        self._show()

    @property
    def value(self) -> float:
        """What it shows."""
        return self._values[self.slider.value()]

    def _show(self) -> None:
        text = text_of(self.value)
        self._label.setText(f"{self._scale.title}  <b>{text}</b>")
        self.slider.setAccessibleDescription(f"{text}. {self._scale.explanation}")

    @Slot()
    def _on_moved(self) -> None:
        self._show()
        self.moved.emit(self.key, self.value)
        self._timer.start()

    @Slot()
    def _on_settled(self) -> None:
        if self.value != self._turned:
            self._turned = self.value
            self.turned.emit(self.key, self.value)
