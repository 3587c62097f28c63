"""The place in a layout of a widget that changes many times a second, or comes and goes with the pen."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class KeptPlace(QWidget):
    """Tells its layout of another height alone, and keeps the room of a widget that is hidden.

    Qt lays a page out anew whenever a label in it gets another text, and before anything in it is shown.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self._height_px = -1
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
        self._height_px = self._wanted_height_px()

    def event(self, event: QEvent) -> bool:
        """Pass on that the widget wants another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            height_px = self._wanted_height_px()
            if height_px != self._height_px:
                self._height_px = height_px
                self.updateGeometry()
        return super().event(event)

    def _wanted_height_px(self) -> int:
        return self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height()
