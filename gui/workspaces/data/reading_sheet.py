"""A small sheet that says how a file is to be read where the guesses are wrong."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.widgets.field_grid import FieldGrid
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.data.labeled import labeled

GUESSED: Final = "as guessed"
# Field of the reader's options, caption, (text, value) of each choice.
_CHOICES: Final[tuple[tuple[str, str, tuple[tuple[str, Any], ...]], ...]] = (
    ("transpose", "Rows and columns", ((GUESSED, None), ("exchanged", True), ("as they are", False))),
    ("inverted", "Ink", ((GUESSED, None), ("is dark", True), ("is bright", False))),
    ("part", "Part", ((GUESSED, None), ("training part", "train"), ("test part", "test"))),
    (
        "label_shift",
        "Labels",
        ((GUESSED, None), ("as they are", 0), ("are the digit + 1", -1), ("are the digit − 1", 1)),
    ),
)
_SWITCHES: Final = (("mirrored", "Mirror left and right"), ("flipped", "Turn upside down"))


class ReadingSheet(QWidget):
    """Fields for what `engine.data.ReadOptions` knows.

    Signals:
        read_requested(options): read the file so.
    """

    read_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("readingSheet")
        form = FieldGrid(130, 8)
        self.column_edit = QLineEdit(placeholderText="first, last, none, a name or a number")
        self.column_edit.setObjectName("labelsColumn")
        self.column_edit.setToolTip("Of a table: which column holds the label; empty leaves it to the reader")
        form.add(labeled("Label column", self.column_edit), 1.4)
        self.boxes: dict[str, QComboBox] = {}
        for name, caption, choices in _CHOICES:
            box = named(QComboBox(), f"{name}Choice")
            for text, value in choices:
                box.addItem(text, value)
            self.boxes[name] = box
            form.add(labeled(caption, box))
        self.switches: dict[str, QCheckBox] = {}
        row = QHBoxLayout()
        for name, text in _SWITCHES:
            switch = self.switches[name] = QCheckBox(text)
            switch.setObjectName(f"{name}Switch")
            row.addWidget(switch)
        self.read_button = QPushButton("Read again")
        self.read_button.setObjectName("readAgainButton")
        self.read_button.setToolTip("Read the file as it is said here; the test part becomes a data set of its own")
        self.read_button.clicked.connect(self._on_read)
        row.addStretch(1)
        row.addWidget(self.read_button)
        filled(QVBoxLayout(self), form, row, margins=0)

    def options(self) -> dict[str, Any]:
        """What is said; what is left to the reader is left out."""
        said: dict[str, Any] = {name: box.currentData() for name, box in self.boxes.items()}
        said["labels_column"] = self.column_edit.text().strip() or None
        said |= {name: True if switch.isChecked() else None for name, switch in self.switches.items()}
        return {name: value for name, value in said.items() if value is not None}

    def set_options(self, options: Mapping[str, Any]) -> None:
        """Show how a file is read now."""
        self.column_edit.setText(str(options.get("labels_column") or ""))
        for name, box in self.boxes.items():
            value = options.get(name)
            box.setCurrentIndex(next((k for k in range(box.count()) if box.itemData(k) == value), 0))
        for name, switch in self.switches.items():
            switch.setChecked(bool(options.get(name)))

    @Slot()
    def _on_read(self) -> None:
        self.read_requested.emit(self.options())
