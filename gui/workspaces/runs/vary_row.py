"""A row of the form of a sweep: a field, and the values or the range that it takes."""

import re
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from engine.errors import ConfigurationError
from gui.theme.stylesheet import mark_invalid
from gui.widgets.filled import filled
from gui.widgets.number_text import read_number
from gui.widgets.spin_boxes import SpinBox
from models.sweeps.variation import FIELDS, Variation, make_variation, value_text

_KINDS: Final = ("values", "range", "log range")
_TITLES: Final = {"l1": "L1", "l2": "L2 (λ)", "examples": "Training examples", "preset": "Model"}
_EXAMPLES: Final = {
    "preset": "softmax, mlp", "digits": "0-1, 3-8", "optimizer": "adam, momentum", "schedule": "constant, cosine",
    "augment": "yes, no", "refuse": "yes, no", "restore_best": "yes, no", "clip_norm": "off, 1, 5",
    "patience": "off, 5", "tolerance": "off, 0.001", "examples": "100, 1000", "epochs": "5, 20",
    "batch_size": "32, 128", "seed": "0, 1, 2",
}  # fmt: skip
_NO_RANGE: Final = ("preset", "digits", "optimizer", "schedule", "augment", "refuse", "restore_best")
# One comma between figures: decimals, thousands, or two values.
_DOUBTFUL: Final = re.compile(r"(?<![\d.,])[+-]?\d+,\d+(?![\d,])")
_SHORT_PX = 72
_COUNT_PX = 104


class VaryRow(QWidget):
    """Wrong text stays visible and is refused in words.

    Signals:
        changed: something was edited.
        removed: the user takes the row away.
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field_box, self.kind_box = QComboBox(), QComboBox()
        for name in FIELDS:
            self.field_box.addItem(field_title(name), name)
        self.kind_box.addItems(_KINDS)
        self.values_edit, self.low_edit, self.high_edit = QLineEdit(), QLineEdit(), QLineEdit()
        self.count_box = SpinBox()
        self.count_box.setRange(2, 100)
        self.count_box.setValue(4)
        self.count_box.setSuffix(" values")
        self.remove_button = QToolButton()
        self.remove_button.setText("✕")
        self.remove_button.setProperty("quiet", True)
        self.message_label = QLabel()
        self.message_label.setWordWrap(True)
        mark_invalid(self.message_label, True)
        self.message_label.hide()
        self._to_label = QLabel("to")
        for widget, name, words in (
            (self.field_box, "varyField", "What is varied"),
            (self.kind_box, "varyKind", "Single values, or a range in equal steps or in equal factors"),
            (
                self.values_edit,
                "varyValues",
                "Values, with commas between them, or semicolons where decimals have commas",
            ),
            (self.low_edit, "varyLow", "Where the range begins"),
            (self.high_edit, "varyHigh", "Where the range ends"),
            (self.count_box, "varyCount", "How many values of the range"),
            (self.remove_button, "removeVaryButton", "Vary this no longer"),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(words)
            widget.setToolTip(words)
        for edit in (self.low_edit, self.high_edit):
            edit.setFixedWidth(_SHORT_PX)
        self.count_box.setFixedWidth(_COUNT_PX)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field_box)
        line.addWidget(self.kind_box)
        line.addWidget(self.values_edit, 1)
        line.addWidget(self.low_edit)
        line.addWidget(self._to_label)
        line.addWidget(self.high_edit)
        line.addWidget(self.count_box)
        self._filler = QWidget()
        line.addWidget(self._filler, 1)
        line.addWidget(self.remove_button)
        filled(QVBoxLayout(self), line, self.message_label, margins=0, spacing=4)
        self.field_box.setCurrentIndex(self.field_box.findData(field))
        self._follow()
        self.field_box.currentIndexChanged.connect(self._on_edited)
        self.kind_box.currentIndexChanged.connect(self._on_edited)
        for edit in (self.values_edit, self.low_edit, self.high_edit):
            edit.textChanged.connect(self._on_edited)
        self.count_box.valueChanged.connect(self._on_edited)
        self.remove_button.clicked.connect(self.removed)

    @property
    def field(self) -> str:
        """What is varied."""
        return str(self.field_box.currentData())

    def set_range(self, low: float, high: float, count: int, *, logarithmic: bool) -> None:
        """Fill in a range."""
        self.kind_box.setCurrentText("log range" if logarithmic else "range")
        self.low_edit.setText(value_text(low))
        self.high_edit.setText(value_text(high))
        self.count_box.setValue(count)

    def variation(self) -> Variation | None:
        """The values, or None while they are refused, which is said below the row."""
        message, found = "", None
        try:
            found = make_variation(self.field, self._text())
        except ConfigurationError as error:
            message = str(error)
        # An empty row is no mistake yet.
        self.message_label.setText(message if self._is_filled else "")
        self.message_label.setVisible(bool(self.message_label.text()))
        return found

    @property
    def _is_filled(self) -> bool:
        if self.kind_box.currentText() == "values":
            return bool(self.values_edit.text().strip())
        return bool(self.low_edit.text().strip() and self.high_edit.text().strip())

    def _text(self) -> str:
        if self.kind_box.currentText() == "values":
            text = self.values_edit.text()
            if self.field in _NO_RANGE:
                return text
            if ";" in text:
                return ",".join(_plain(part) for part in text.split(";"))
            if doubtful := _DOUBTFUL.search(text):
                one, two = _plain(doubtful[0]), doubtful[0].replace(",", ", ")
                raise ConfigurationError(
                    f"{doubtful[0]} may be one number or two: commas stand between values, so write {one} for one and "
                    f"{two} for two, or put semicolons between all values.", self.field,
                )  # fmt: skip
            return text
        scale = "log" if self.kind_box.currentText() == "log range" else ""
        return f"{_plain(self.low_edit.text())}..{_plain(self.high_edit.text())}:{self.count_box.value()}{scale}"

    @Slot()
    def _on_edited(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        can_range = self.field not in _NO_RANGE
        self.kind_box.setEnabled(can_range)
        if not can_range:
            self.kind_box.setCurrentText("values")
        is_values = self.kind_box.currentText() == "values"
        for widget in (self.low_edit, self._to_label, self.high_edit, self.count_box, self._filler):
            widget.setVisible(not is_values)
        self.values_edit.setVisible(is_values)
        self.values_edit.setPlaceholderText(_EXAMPLES.get(self.field, "0.001, 0.01"))


def field_title(name: str) -> str:
    """A field as the window calls it."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _plain(text: str) -> str:
    """A number as the command line takes it; what is none as it is."""
    try:
        return f"{read_number(text):.12g}"
    except ValueError:
        return text.strip()
