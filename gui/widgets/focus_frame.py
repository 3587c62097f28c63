"""Shows which picture takes the keys: a line in the accent around it, as a field has one."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QWidget


class FocusFrame(QFrame):
    """Made for a widget that paints itself and takes the focus; lies over it and lives as long as it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setProperty("focusFrame", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come and go with the focus, and follow the size."""
        widget = self.parentWidget()
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setVisible(event.type() == QEvent.Type.FocusIn)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Resize) and widget is not None:
            self.setGeometry(widget.rect())
            self.raise_()
        return super().eventFilter(watched, event)
