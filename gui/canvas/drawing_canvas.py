"""The square on which digits are drawn: events in, pixels out."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.wording import counted
from engine.ink.drawing import Drawing
from gui.canvas.decorations import circle_cursor, paint_cross, paint_frame, paint_hint
from gui.canvas.digit_boxes import DigitBoxes
from gui.canvas.ink_picture import InkPicture
from gui.canvas.keyboard_pen import KeyboardPen
from gui.canvas.pen import CanvasPen
from gui.canvas.pointer_input import PointerInput
from gui.lab.drawing_document import DrawingDocument
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# The pen's width is told in pixels of a canvas of this side, whatever side the window gives it.
REFERENCE_SIDE_PX: Final = 280


class DrawingCanvas(QWidget):
    """Shows a document and edits it with pen, touch, mouse and keyboard.

    Strokes are in units of its side, so that they grow with the window.

    Attributes:
        document: the drawing.
        boxes: frames around the digits of a number.

    Signals:
        eraser_changed: whether the eraser is on.
        pen_width_changed: the width in pixels of a 280 px canvas.
    """

    eraser_changed = Signal(bool)
    pen_width_changed = Signal(int)

    def __init__(self, document: DrawingDocument, themes: ThemeManager) -> None:
        super().__init__()
        # First, as `event` asks it from the first setter on.
        self._input = PointerInput(self)
        self.setObjectName("drawingCanvas")
        self.setAccessibleName("Drawing canvas")
        self.setToolTip(
            "Draw a digit with mouse, pen or finger. Keyboard: arrow keys, Home, End and the Page keys move, Space\n"
            "draws, E erases; 0 to 9 keep the drawing in My digits as that digit, N as no digit."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        # A move without a button tells that a release got lost.
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._themes = themes
        self.document = document
        self._ink = InkPicture(document, themes.theme)
        self._pen = CanvasPen(document)
        self._keyboard = KeyboardPen(self._pen)
        self._slice_timer = QTimer(self)
        self._slice_timer.timeout.connect(self._on_slice_timer)
        self._was_blank = document.is_blank
        self.boxes = DigitBoxes(themes, self)
        document.changed.connect(self._on_document_changed)
        document.pen_is_down_changed.connect(self._on_pen_is_down_changed)
        themes.changed.connect(self._on_theme_changed)
        self._ink.follow()
        self._describe()
        self._set_cursor()

    def drawing(self) -> Drawing:
        """The ink as it is now, the unfinished stroke included, in units of the canvas side."""
        return self.document.drawing()

    @Slot()
    def clear(self) -> None:
        """Take all ink away; can be undone."""
        self.lift_pen()
        self.document.clear()

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        self.lift_pen()
        self.document.undo()

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        self.lift_pen()
        self.document.redo()

    @property
    def is_blank(self) -> bool:
        """Whether there is neither ink nor an image."""
        return self.document.is_blank

    @property
    def pen_width_px(self) -> int:
        """The pen's width in pixels of a 280 px canvas."""
        return round(self.document.pen_width * REFERENCE_SIDE_PX)

    @Slot(int)
    def set_pen_width(self, width_px: int) -> None:
        """Draw the next strokes this wide, in pixels of a 280 px canvas, from 1 to 100."""
        width_px = min(100, max(1, width_px))
        if width_px != self.pen_width_px:
            self.document.pen_width = width_px / REFERENCE_SIDE_PX
            self._set_cursor()
            self.pen_width_changed.emit(width_px)

    @property
    def eraser(self) -> bool:
        """Whether the pen erases."""
        return self._pen.eraser

    @Slot(bool)
    def set_eraser(self, on: bool) -> None:
        """Erase instead of drawing, or draw again."""
        if on != self._pen.eraser:
            self.lift_pen()
            self._pen.eraser = on
            self._set_cursor()
            self.eraser_changed.emit(on)

    def lift_pen(self) -> None:
        """End what is being drawn; it counts."""
        self._input.finish()
        if self._keyboard.visible:
            self._keyboard.leave()
            self.update()

    @property
    def square(self) -> QRect:
        """Where the canvas is inside the widget, in logical pixels."""
        side = min(self.width(), self.height())
        return QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    # The pointer (`pointer_input.PenSink`).

    def pen_down(self, position: QPointF, pressure: float | None, eraser: bool) -> None:
        """A pointer starts."""
        if self._keyboard.visible:
            self._keyboard.leave()
            self.update()
        self._pen.begin(*self._to_unit(position), pressure, eraser)

    def pen_moved(self, position: QPointF, pressure: float | None) -> None:
        """It goes on."""
        self._pen.extend(*self._to_unit(position), pressure)

    def pen_up(self) -> None:
        """It is lifted, or lost."""
        self._pen.end()

    def pen_cancelled(self) -> None:
        """What it did was no stroke."""
        self._pen.cancel()

    def _to_unit(self, position: QPointF) -> tuple[float, float]:
        square = self.square
        side = max(1, square.width())
        x = (position.x() - square.x()) / side
        y = (position.y() - square.y()) / side
        # A pen that leaves the canvas draws along its rim: ink that nobody sees would still be read by the model.
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    @Slot()
    def _on_document_changed(self) -> None:
        area = self._ink.follow()
        blank = self.is_blank
        if blank != self._was_blank:
            # The hint comes and goes with the first stroke, wherever that is.
            self.update()
            self._was_blank = blank
        elif not area.isEmpty():
            self._update_area(area)
        self._describe()

    @Slot(bool)
    def _on_pen_is_down_changed(self, is_down: bool) -> None:
        # Whoever lifted it: the keyboard's pen draws no more.
        self._keyboard.down = self._keyboard.down and is_down

    @Slot()
    def _on_slice_timer(self) -> None:
        if self._ink.advance():
            self.update()
        if not self._ink.unfinished:
            self._slice_timer.stop()

    def _describe(self) -> None:
        image = self.document.image
        count = len(self.document.strokes) + (self.document.live_stroke is not None)
        if image is not None:
            text = f"Opened image: {image.name}" if image.name else "An opened image"
        else:
            text = counted(count, "stroke") if count else "Blank. Draw a digit."
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _update_area(self, area: QRectF) -> None:
        square = self.square
        side = square.width()
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side).toAlignedRect()
        # Antialiased ink reaches a little further than its outline.
        self.update(pixels.translated(square.topLeft()).adjusted(-2, -2, 2, 2))

    @Slot(object)
    def _on_theme_changed(self, theme: Theme) -> None:
        self._ink.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the finished ink, add the unfinished end of the stroke, and the frame."""
        square = self.square
        theme = self._themes.theme
        painter = QPainter(self)
        if square.size() != self.size():
            painter.fillRect(event.rect(), theme.color("surface"))
        self._ink.paint(painter, square, self.devicePixelRatioF())
        if self._ink.unfinished:
            self._slice_timer.start()
        if self.is_blank:
            paint_hint(painter, square, theme, self.font())
        if self._keyboard.visible:
            at = QPointF(self._keyboard.x * square.width(), self._keyboard.y * square.width())
            paint_cross(painter, at + QPointF(square.topLeft()), theme)
        paint_frame(painter, square, theme, focused=self.hasFocus())
        painter.end()

    def _set_cursor(self) -> None:
        if self._pen.eraser:
            diameter = 2 * self._pen.eraser_radius * max(1, self.square.width())
            self.setCursor(circle_cursor(diameter, self.devicePixelRatioF()))
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def event(self, event: QEvent) -> bool:
        """Pointers first; the rest as usual."""
        if self._input.handle(event):
            return True
        if event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.UngrabMouse):
            self._input.finish()
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End, Page keys and Space draw, E switches the eraser, Delete clears, [ and ] change the pen."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._keyboard.handle(event):
            self.update()
        elif event.key() == Qt.Key.Key_E and plain:
            self.set_eraser(not self.eraser)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            self.clear()
        elif event.text() in ("[", "]"):
            self.set_pen_width(self.pen_width_px + (2 if event.text() == "]" else -2))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A pointer that another window took is lost."""
        super().focusOutEvent(event)
        self.lift_pen()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden canvas gets no release."""
        super().hideEvent(event)
        self.lift_pen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The frames lie on the square, and the eraser grows with it."""
        super().resizeEvent(event)
        self.boxes.setGeometry(self.square)
        if self._pen.eraser:
            self._set_cursor()

    def sizeHint(self) -> QSize:
        """The reference size, and a little more."""
        return QSize(REFERENCE_SIDE_PX + 20, REFERENCE_SIDE_PX + 20)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a screen of 960×540, as one of 1920×1080 is at 200 %."""
        return QSize(80, 80)
