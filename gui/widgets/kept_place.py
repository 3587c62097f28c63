"""The place in a layout of a widget that changes many times a second, or comes and goes with the pen."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class KeptPlace(QWidget):
    """Tells its layout of another height alone, or where it is too narrow, and keeps the room of a hidden widget.

    Qt lays a page out anew whenever a label in it gets another text, and before anything in it is shown.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        # The width and height of which the layout was told last: it remembers what it has asked for until then.
        self._told_px = (-1, -1)
        widget.setParent(self)
        self.setSizePolicy(widget.sizePolicy())

    def sizeHint(self) -> QSize:
        """That of the widget."""
        return self._widget.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """That of the widget."""
        return self._widget.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """Whether the widget wraps its text."""
        return self._widget.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """That of the widget."""
        return self._widget.heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All of the room is the widget's."""
        super().resizeEvent(event)
        self._widget.resize(self.size())

    def event(self, event: QEvent) -> bool:
        """Pass on that the widget wants another height, or has no room."""
        if event.type() == QEvent.Type.LayoutRequest:
            width, wanted = self.width(), self._widget.sizeHint().height()
            if self.hasHeightForWidth():
                wanted = self._widget.heightForWidth(width)
            if (width, wanted) != self._told_px or self._widget.minimumSizeHint().width() > width:
                self._told_px = (width, wanted)
                self.updateGeometry()
        return super().event(event)
