"""The square on which digits are drawn: events in, pixels out."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QUndoStack
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.ink.drawing import Drawing
from gui.canvas.decorations import circle_cursor, paint_cross, paint_frame, paint_hint
from gui.canvas.digit_boxes import DigitBoxes
from gui.canvas.ink import CanvasInk
from gui.canvas.keyboard_pen import KeyboardPen
from gui.canvas.pointer_input import PointerInput
from gui.theme.manager import ThemeManager

# The pen's width is told in pixels of a canvas of this side, whatever side the window gives it.
REFERENCE_SIDE_PX: Final = 280
DEFAULT_PEN_WIDTH_PX: Final = 20
# Ink that took longer than this to paint is stretched first, and painted anew when the window's size has come to rest.
SLOW_REPAINT_MS: Final = 6.0
RESIZE_REST_MS: Final = 80


class DrawingCanvas(QWidget):
    """Takes pen, touch, mouse and keyboard; keeps strokes in units of its side, so that they grow with the window.

    Signals:
        drawing_changed: the ink is another, also in the middle of a stroke.
        stroke_finished: the pen was lifted.
        eraser_changed: whether the eraser is on.
        pen_width_changed: the width in pixels of a 280 px canvas.
    """

    drawing_changed = Signal()
    stroke_finished = Signal()
    eraser_changed = Signal(bool)
    pen_width_changed = Signal(int)

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # First, as `event` asks it from the first setter on.
        self._input = PointerInput(self)
        self.setObjectName("drawingCanvas")
        self.setAccessibleName("Drawing canvas")
        self.setToolTip("Draw a digit with mouse, pen or finger.\nKeyboard: arrow keys move, Space draws, E erases.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        # A move without a button tells that a release got lost.
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._themes = themes
        self._pen_width_px = DEFAULT_PEN_WIDTH_PX
        self._ink = CanvasInk(themes.theme, DEFAULT_PEN_WIDTH_PX / REFERENCE_SIDE_PX, self)
        self._keyboard = KeyboardPen(self._ink)
        self.boxes = DigitBoxes(themes, self)
        self._size_rest = QTimer(self)
        self._size_rest.setSingleShot(True)
        self._size_rest.setInterval(RESIZE_REST_MS)
        self._size_rest.timeout.connect(self._renew)
        self._ink.changed.connect(self._on_ink_changed)
        self._ink.area_changed.connect(self._update_area)
        self._ink.stroke_finished.connect(self.stroke_finished)
        themes.changed.connect(self._renew)
        self._describe()
        self._set_cursor()

    @property
    def undo_stack(self) -> QUndoStack:
        """The steps that can be undone."""
        return self._ink.undo_stack

    def drawing(self) -> Drawing:
        """The ink as it is now, the unfinished stroke included, in units of the canvas side."""
        return self._ink.drawing()

    def set_drawing(self, drawing: Drawing) -> None:
        """Show another drawing, of any unit; can be undone."""
        self.lift_pen()
        self._ink.replace(drawing, "drawing")

    @Slot()
    def clear(self) -> None:
        """Take all ink away; can be undone."""
        self.lift_pen()
        self._ink.replace(Drawing(), "clear")

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        self.lift_pen()
        self.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        self.lift_pen()
        self.undo_stack.redo()

    @property
    def is_blank(self) -> bool:
        """Whether there is no ink."""
        return self._ink.count == 0

    @property
    def pen_width_px(self) -> int:
        """The pen's width in pixels of a 280 px canvas."""
        return self._pen_width_px

    @Slot(int)
    def set_pen_width(self, width_px: int) -> None:
        """Draw the next strokes this wide, in pixels of a 280 px canvas, from 1 to 100."""
        width_px = min(100, max(1, width_px))
        if width_px != self._pen_width_px:
            self._pen_width_px = width_px
            self._ink.pen_width = width_px / REFERENCE_SIDE_PX
            self._set_cursor()
            self.pen_width_changed.emit(width_px)

    @property
    def eraser(self) -> bool:
        """Whether the pen erases."""
        return self._ink.eraser

    @Slot(bool)
    def set_eraser(self, on: bool) -> None:
        """Erase instead of drawing, or draw again."""
        if on != self._ink.eraser:
            self.lift_pen()
            self._ink.eraser = on
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
        self._ink.begin(*self._to_unit(position), pressure, eraser)

    def pen_moved(self, position: QPointF, pressure: float | None) -> None:
        """It goes on."""
        self._ink.extend(*self._to_unit(position), pressure)

    def pen_up(self) -> None:
        """It is lifted, or lost."""
        self._ink.end()

    def pen_cancelled(self) -> None:
        """What it did was no stroke."""
        self._ink.cancel()

    def _to_unit(self, position: QPointF) -> tuple[float, float]:
        square = self.square
        side = max(1, square.width())
        x = (position.x() - square.x()) / side
        y = (position.y() - square.y()) / side
        # A pen that leaves the canvas draws along its rim: ink that nobody sees would still be read by the model.
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    # What happened to the ink.

    @Slot()
    def _on_ink_changed(self) -> None:
        self._describe()
        self.drawing_changed.emit()

    def _describe(self) -> None:
        count = self._ink.count
        text = "Blank. Draw a digit." if not count else "1 stroke" if count == 1 else f"{count} strokes"
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    @Slot(object)
    def _update_area(self, area: QRectF | None) -> None:
        if area is None:
            self.update()
            return
        square = self.square
        side = square.width()
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side).toAlignedRect()
        # Antialiased ink reaches a little further than its outline.
        self.update(pixels.translated(square.topLeft()).adjusted(-2, -2, 2, 2))

    @Slot()
    def _renew(self) -> None:
        self._ink.renew(max(1, self.square.width()), self.devicePixelRatioF(), self._themes.theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the finished ink, add the unfinished end of the stroke, and the frame."""
        square = self.square
        theme = self._themes.theme
        cache = self._ink.cache
        ratio = self.devicePixelRatioF()
        if not cache.fits(square.width(), ratio):
            if cache.is_null or self._ink.repainting.cost_ms < SLOW_REPAINT_MS:
                self._ink.renew(square.width(), ratio, theme)
                cache = self._ink.cache
            elif not self._size_rest.isActive() and not self._ink.repainting.is_for(square.width(), ratio):
                self._size_rest.start()
        painter = QPainter(self)
        if square.size() != self.size():
            painter.fillRect(event.rect(), theme.color("surface"))
        painter.drawPixmap(square, cache.pixmap)
        painter.save()
        painter.translate(square.topLeft())
        painter.scale(square.width(), square.width())
        self._ink.paint_open(painter)
        painter.restore()
        if self.is_blank:
            paint_hint(painter, square, theme, self.font())
        if self._keyboard.visible:
            at = QPointF(self._keyboard.x * square.width(), self._keyboard.y * square.width())
            paint_cross(painter, at + QPointF(square.topLeft()), theme)
        paint_frame(painter, square, theme, focused=self.hasFocus())
        painter.end()

    def _set_cursor(self) -> None:
        if self._ink.eraser:
            diameter = 2 * self._ink.eraser_radius * max(1, self.square.width())
            self.setCursor(circle_cursor(diameter, self.devicePixelRatioF()))
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # Qt's events.

    def event(self, event: QEvent) -> bool:
        """Pointers first; the rest as usual."""
        if self._input.handle(event):
            return True
        if event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.UngrabMouse):
            self._input.finish()
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._renew()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys and Space draw, E switches the eraser, Delete clears, [ and ] change the pen."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._keyboard.handle(event):
            self.update()
        elif event.key() == Qt.Key.Key_E and plain:
            self.set_eraser(not self.eraser)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            self.clear()
        elif event.text() in ("[", "]"):
            self.set_pen_width(self._pen_width_px + (2 if event.text() == "]" else -2))
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
        """Costly ink is stretched until the size rests (see `paintEvent`)."""
        super().resizeEvent(event)
        self.boxes.setGeometry(self.square)
        if self._ink.repainting.cost_ms >= SLOW_REPAINT_MS:
            self._size_rest.start()
        if self._ink.eraser:
            self._set_cursor()

    def sizeHint(self) -> QSize:
        """The reference size, and a little more."""
        return QSize(REFERENCE_SIDE_PX + 20, REFERENCE_SIDE_PX + 20)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a window of 1024×640."""
        return QSize(140, 140)
