"""Number fields whose text stands as far from the edge as that of other fields: styles do not reach the line inside."""

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

_MARGIN_PX = 6


class SpinBox(QSpinBox):
    """A field for whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)


class DoubleSpinBox(QDoubleSpinBox):
    """A field for numbers with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _indent(self)


def _indent(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(_MARGIN_PX, 0, 0, 0)
