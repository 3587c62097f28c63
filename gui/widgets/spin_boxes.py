"""Number fields that read a number as every other field does: Qt's own take "1,5" for 15.

Their text stands as far from the edge as that of other fields: styles do not reach the line inside.
"""

import re

from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QToolTip

from gui.widgets.announcement import announce
from gui.widgets.number_text import read_number

_MARGIN_PX = 6
_TYPED = re.compile(r"[-+\d.,\s_eE]*")


class SpinBox(QSpinBox):
    """A field for whole numbers; what is none leaves the field as it was, with a sentence that says so."""

    def __init__(self) -> None:
        super().__init__()
        self._before = self.value()
        self.lineEdit().setTextMargins(_MARGIN_PX, 0, 0, 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember the number that a refused one gives way to."""
        self._before = self.value()
        super().focusInEvent(event)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whether this is a whole number in the range, may become one, or has letters that no number has."""
        return _state(self, text, whole=True), text, position

    def valueFromText(self, text: str) -> int:
        """The number that the text means."""
        return self.minimum() if text == self.specialValueText() else round(_number(self, text))

    def fixup(self, text: str) -> str:
        """Give way to the number before."""
        _refuse(self, "Type a whole number", text)
        return self.prefix() + self.textFromValue(self._before) + self.suffix()


class DoubleSpinBox(QDoubleSpinBox):
    """A field for numbers with decimals; what is none leaves the field as it was, with a sentence that says so."""

    def __init__(self) -> None:
        super().__init__()
        self._before = self.value()
        self.lineEdit().setTextMargins(_MARGIN_PX, 0, 0, 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember the number that a refused one gives way to."""
        self._before = self.value()
        super().focusInEvent(event)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whether this is a number in the range, may become one, or has letters that no number has."""
        return _state(self, text, whole=False), text, position

    def valueFromText(self, text: str) -> float:
        """The number that the text means."""
        return self.minimum() if text == self.specialValueText() else _number(self, text)

    def fixup(self, text: str) -> str:
        """Give way to the number before."""
        _refuse(self, "Type a number", text)
        return self.prefix() + self.textFromValue(self._before) + self.suffix()


def _bare(box: QSpinBox | QDoubleSpinBox, text: str) -> str:
    return text.removeprefix(box.prefix()).removesuffix(box.suffix()).strip()


def _number(box: QSpinBox | QDoubleSpinBox, text: str) -> float:
    try:
        return read_number(_bare(box, text))
    except ValueError:
        return float(box.value())


def _state(box: QSpinBox | QDoubleSpinBox, text: str, *, whole: bool) -> QValidator.State:
    bare = _bare(box, text)
    if box.specialValueText() and text == box.specialValueText():
        return QValidator.State.Acceptable
    if not _TYPED.fullmatch(bare):
        return QValidator.State.Invalid
    try:
        number = read_number(bare)
    except ValueError:
        return QValidator.State.Intermediate
    # Without thousands a comma or point begins decimals: "1,00" may become 1,000, and is no whole number yet.
    has_decimals = "." in bare or ("," in bare and number < 1000) or not number.is_integer()
    fits = box.minimum() <= number <= box.maximum() and not (whole and has_decimals)
    return QValidator.State.Acceptable if fits else QValidator.State.Intermediate


def _refuse(box: QSpinBox | QDoubleSpinBox, wanted: str, text: str) -> None:
    sentence = f"{wanted} from {box.minimum():g} to {box.maximum():g}; “{text}” is none."
    QToolTip.showText(box.mapToGlobal(box.rect().bottomLeft()), sentence, box)
    announce(box, sentence)
