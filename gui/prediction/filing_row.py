"""Right or wrong? One click files what is drawn under the digit that it is, whatever the model says."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gui.theme.stylesheet import mark_muted
from gui.widgets.filled import filled
from gui.widgets.naming import named


class FilingRow(QWidget):
    """A small button for each digit, and one for a drawing that is none.

    Signals:
        filed(label): what is drawn is this digit.
        refused: it is no digit.
    """

    filed = Signal(int)
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("filingRow")
        row = filled(QHBoxLayout(self), margins=0, spacing=1)
        caption = mark_muted(QLabel("It is"))
        caption.setToolTip("Right or wrong? Say which digit you meant: the drawing is kept in My digits")
        row.addWidget(caption)
        self.buttons = [self._button(str(digit), f"a {digit}", str(digit)) for digit in range(10)]
        for digit, button in enumerate(self.buttons):
            button.setObjectName(f"fileAs{digit}Button")
            button.clicked.connect(partial(self.filed.emit, digit))
            row.addWidget(button, 1)
        self.none_button = named(self._button("none", "no digit", "N"), "notADigitButton")
        self.none_button.clicked.connect(self.refused)
        row.addWidget(self.none_button, 2)

    def _button(self, text: str, name: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("chip", True)
        button.setAccessibleName(f"It is {name}")
        button.setToolTip(f"File the drawing in My digits as {name} (key {key})")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(1)
        return button
