"""A combo box whose long titles are cut where it hurts least, and which leaves the wheel to the page."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter

# Between the parts of a title, such as "Convolutional network · 14:02 · 96.9 %".
SEPARATOR: Final = " · "
_ROW_PADDING_PX: Final = 40
_LEAST_LETTERS: Final = 4


class ElidingComboBox(QComboBox):
    """Shows titles in full in its list, and shortened in the box itself.

    In a page that scrolls, the wheel scrolls the page unless the box has the focus.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.view().setTextElideMode(Qt.TextElideMode.ElideRight)

    def showPopup(self) -> None:
        """Open the list, wide enough for its titles."""
        self.widen_list()
        super().showPopup()

    def widen_list(self) -> None:
        """Let the list be as wide as its longest title."""
        metrics = self.view().fontMetrics()
        widths = [metrics.horizontalAdvance(self.itemText(index)) for index in range(self.count())]
        self.view().setMinimumWidth(max(widths, default=0) + _ROW_PADDING_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page unless this box was chosen first."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As every combo box, but the text ends in an ellipsis rather than in half a letter."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field: QRect = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        # The label is drawn a pixel or two inside the field.
        option.currentText = elide_title(self.currentText(), self.fontMetrics(), field.width() - 4)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


def elide_title(title: str, metrics: QFontMetrics, width: int) -> str:
    """A title in so many pixels: the name gives way before what tells two models of that name apart."""
    if metrics.horizontalAdvance(title) <= width:
        return title
    name, *rest = title.split(SEPARATOR)
    # From the right, parts are given up only when the name would all but vanish.
    while rest:
        end = "".join(SEPARATOR + part for part in rest)
        room = width - metrics.horizontalAdvance(end)
        if room >= metrics.horizontalAdvance(name[:_LEAST_LETTERS] + "…"):
            return metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) + end
        rest.pop()
    return metrics.elidedText(title, Qt.TextElideMode.ElideRight, width)
