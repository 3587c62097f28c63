"""A line of text that ends in an ellipsis where there is no room, and is told whole on hover and to screen readers."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidingLabel(QLabel):
    """Never decides how wide its layout is; `text()` is what is shown, `full_text` what was set.

    Attributes:
        cut: which end gives way where there is no room.
    """

    cut = Qt.TextElideMode.ElideRight

    def __init__(self, text: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        """`hint` is the tooltip while the whole text is shown."""
        super().__init__(parent)
        self._full = ""
        self._hint = hint
        self.setToolTip(hint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_full_text(text)

    @property
    def full_text(self) -> str:
        """What was set, whether or not there is room for it."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show another text."""
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
            self._fit()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Wide enough for the whole text."""
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(self._full) + margins.left() + margins.right() + 2
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It may vanish."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text where there is no room for it."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size need another room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def room_px(self) -> int:
        """To override where the room is known before the layout has given it."""
        margins = self.contentsMargins()
        return self.width() - margins.left() - margins.right()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self.cut, self.room_px())
        if shown != self.text():
            self.setText(shown)
        hint = self._hint if shown == self._full and self._hint else self._full
        if hint != self.toolTip():
            self.setToolTip(hint)
