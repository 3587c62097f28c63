"""Two different digits that a model is to tell apart."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from gui.theme.stylesheet import mark_invalid
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.naming import named


class DigitPair(QWidget):
    """Two lists of the digits 0 to 9; choosing the same one twice is refused in words.

    Signals:
        changed: other digits were chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("digitPair")
        self.first = self._make_box("First digit to tell apart", "firstDigit", 0)
        self.second = self._make_box("Second digit to tell apart", "secondDigit", 1)
        self._message = QLabel(wordWrap=True)
        mark_invalid(self._message, True)
        self._message.hide()
        self._label = label_for(self.first, "Tell apart")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(4)
        joint = label_for(self.second, "and")
        for column, widget in enumerate((self._label, self.first, joint, self.second)):
            layout.addWidget(widget, 0, column)
        layout.addWidget(self._message, 1, 0, 1, 4)

    @property
    def message(self) -> str:
        """Why the pair is refused, or ""."""
        return self._message.text()

    def value(self) -> tuple[int, int]:
        """The two digits."""
        return self.first.currentIndex(), self.second.currentIndex()

    def set_value(self, first: object, second: object) -> None:
        """Choose two digits; anything else than different numbers from 0 to 9 is ignored."""
        if isinstance(first, int) and isinstance(second, int) and {first, second} <= set(range(10)) and first != second:
            self.first.setCurrentIndex(first)
            self.second.setCurrentIndex(second)

    def _make_box(self, name: str, object_name: str, digit: int) -> ElidingComboBox:
        box = named(ElidingComboBox(), object_name, f"{name}: the model answers one of two", name)
        box.addItems([str(number) for number in range(10)])
        box.setCurrentIndex(digit)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setMinimumContentsLength(1)
        box.currentIndexChanged.connect(self._on_chosen)
        return box

    @Slot()
    def _on_chosen(self) -> None:
        first, second = self.value()
        message = "Choose two different digits." if first == second else ""
        self._message.setText(message)
        self._message.setVisible(bool(message))
        for box in (self.first, self.second):
            mark_invalid(box, bool(message))
        self.changed.emit()
