"""Many small digit images in one painted view: nothing is made per image, so 70,000 cost as little as seventy."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMetaMethod, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from engine.core.parameters import FloatArray, IntArray
from engine.ink.digit_image import DIGIT_SIDE
from gui.theme.manager import ThemeManager
from gui.widgets.focus_frame import FocusFrame
from gui.widgets.pixel_image import image_atlas
from gui.widgets.quiet_scroll_bar import QuietScrollBar

_GAP_PX, _FRAME_PX = 6, 2
_USUAL_PART = "p(0) 00.0 %"

Caption = Callable[[int], str]
Images = FloatArray | NDArray[np.uint8]


class ImageGrid(QAbstractScrollArea):
    """Images in rows that fill the width, with a caption each, a selection and a current one.

    Places are positions in what `set_images` was given. Click selects one, Ctrl adds or takes away, Shift selects a
    range; arrows, Home, End and Page keys move, Ctrl+A selects all. Only what can be seen is painted.

    Signals:
        selection_changed: the user selected other images.
        activated(place): double click or Enter.
        digit_pressed(digit): a digit's key, for whoever labels the selected images.
        delete_pressed: the Delete or Backspace key.
    """

    selection_changed = Signal()
    activated = Signal(int)
    digit_pressed = Signal(int)
    delete_pressed = Signal()

    def __init__(self, themes: ThemeManager, *, scale: int = 2, empty_text: str = "", lines: int = 1) -> None:
        """`scale` is the screen's pixels to an image's; `empty_text` stands for none; a caption has `lines`."""
        super().__init__()
        self._themes = themes
        self._images: Images = np.zeros((0, DIGIT_SIDE, DIGIT_SIDE), np.float32)
        self._rows: IntArray = np.zeros(0, np.intp)
        self._caption: Caption | None = None
        self._scale, self.empty_text, self._lines = scale, empty_text, lines
        # The columns have room for it, however large the text is.
        self.widest = _USUAL_PART if lines > 1 else ""
        self._selected: set[int] = set()
        self._current = self._anchor = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the width, and with it whether it is needed.
        self.setVerticalScrollBar(QuietScrollBar())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        themes.changed.connect(self.viewport().update)

    # What is shown.

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self._rows)

    @property
    def current(self) -> int:
        """The place that the keys move, −1 for none."""
        return self._current

    @property
    def selected(self) -> tuple[int, ...]:
        """The selected places in their order."""
        return tuple(sorted(self._selected))

    def set_images(self, images: Images, captions: Caption | None = None, rows: IntArray | None = None) -> None:
        """Show these images, (n, side, side), floats in [0, 1] or uint8, with nothing selected.

        Args:
            images: kept as they are, not copied.
            captions: gives the line below an image for its place, asked only for what can be seen; where there is
                no room for all of it in one line, its first part up to " · " is shown.
            rows: (m,) which of the images to show, in which order; all of them if left out.

        Raises:
            ValueError: the images are no squares.
        """
        if images.ndim != 3 or images.shape[1] != images.shape[2]:
            raise ValueError(f"The grid shows images of (n, side, side), not {images.shape}.")
        self._images, self._caption = images, captions
        self._rows = np.arange(len(images)) if rows is None else rows
        self._selected, self._current, self._anchor = set(), -1, -1
        self._fit()
        self.verticalScrollBar().setValue(0)
        self._describe()

    def set_selected(self, places: Iterable[int], current: int = -1) -> None:
        """Select these, and move the keys' place; no signal. Places beyond the last image are left out."""
        self._selected = {int(place) for place in places if 0 <= place < self.count}
        self._current = self._anchor = current if 0 <= current < self.count else min(self._selected, default=-1)
        self._show_current()
        self._describe()

    # Geometry.

    def place_at(self, position: QPoint) -> int:
        """The image at a position of the viewport, −1 for none."""
        width, height = self._cell()
        column, row = position.x() // width, (position.y() + self.verticalScrollBar().value()) // height
        place = row * self._columns() + column
        return place if 0 <= column < self._columns() and 0 <= place < self.count else -1

    def rect_of(self, place: int) -> QRect:
        """Where an image with its caption stands in the viewport."""
        (width, height), (row, column) = self._cell(), divmod(place, self._columns())
        return QRect(column * width, row * height - self.verticalScrollBar().value(), width, height)

    def sizeHint(self) -> QSize:
        """Six images beside each other, three rows, or two with longer captions."""
        width, height = self._cell()
        return QSize(6 * width + self.verticalScrollBar().sizeHint().width(), (3 if self._lines == 1 else 2) * height)

    def minimumSizeHint(self) -> QSize:
        """Two images beside each other, one row."""
        width, height = self._cell()
        return QSize(2 * width + self.verticalScrollBar().sizeHint().width(), height)

    def _cell(self) -> tuple[int, int]:
        side, metrics = self._images.shape[1] * self._scale, self.fontMetrics()
        text = metrics.height() * self._lines if self._caption is not None else 0
        widest = max(side, metrics.horizontalAdvance(self.widest) + 2)
        return widest + 2 * _FRAME_PX + _GAP_PX, side + 2 * _FRAME_PX + text + _GAP_PX

    def _columns(self) -> int:
        return max(1, self.viewport().width() // self._cell()[0])

    def _rows_a_page(self) -> int:
        return max(1, self.viewport().height() // self._cell()[1])

    def _fit(self) -> None:
        height, page = self._cell()[1], self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, -(-self.count // self._columns()) * height - page))
        bar.setSingleStep(height)
        bar.setPageStep(max(height, page))
        self.viewport().update()

    def _show_current(self) -> None:
        if self._current >= 0:
            rect, bar = self.rect_of(self._current), self.verticalScrollBar()
            if rect.top() < 0:
                bar.setValue(bar.value() + rect.top())
            elif rect.bottom() > self.viewport().height():
                bar.setValue(bar.value() + rect.bottom() - self.viewport().height())
        self.viewport().update()

    def _describe(self) -> None:
        """Say what the keys are at, for a screen reader."""
        text = self.empty_text
        if self.count:
            text = f"{self.count:,} images, {len(self._selected):,} selected"
            if self._current >= 0 and self._caption is not None:
                text = f"{self._caption(self._current)}; {text}"
        self.setAccessibleDescription(text)
        self.viewport().update()

    # Painting.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new width, and stay at the current image."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that can be seen."""
        painter, theme = QPainter(self.viewport()), self._themes.theme
        if not self.count:
            painter.setPen(QColor(theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect(), flags, self.empty_text)
            return
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)  # of an earlier moment
        (width, height), columns, area = self._cell(), self._columns(), event.rect()
        top = self.verticalScrollBar().value()
        first = max(0, (top + area.top()) // height) * columns
        end = min(self.count, ((top + area.bottom()) // height + 1) * columns)
        if first >= end:
            return
        atlas = image_atlas(self._images[self._rows[first:end]], theme.canvas, theme.ink)
        pixels, side, metrics = atlas.width(), atlas.width() * self._scale, self.fontMetrics()
        frame, accent = QPen(QColor(theme.line), 1), QPen(QColor(theme.accent), _FRAME_PX)
        ink, muted = QColor(theme.text), QColor(theme.muted)
        # Letters that surely fit, and letters of which fewer may fit: most captions need not be measured.
        room = width - 2 * _FRAME_PX - _GAP_PX
        sure, most = room // metrics.horizontalAdvance("W"), room // metrics.horizontalAdvance(".")
        for place in range(first, end):
            row, column = divmod(place, columns)
            corner = QRect(column * width + _FRAME_PX, row * height - top + _FRAME_PX, side, side)
            painter.drawImage(corner, atlas, QRect(0, pixels * (place - first), pixels, pixels))
            selected = place in self._selected
            painter.setPen(accent if selected else frame)
            painter.drawRect(corner.adjusted(-1, -1, 0, 0))
            if self._caption is not None:
                painter.setPen(ink if selected else muted)
                text = self._caption(place)
                splits = self._lines > 1 or len(text) > most or metrics.horizontalAdvance(text) > room
                for line, part in enumerate(text.split(" · ")[: self._lines] if splits else [text]):
                    if len(part) > sure:
                        part = metrics.elidedText(part, Qt.TextElideMode.ElideRight, room)
                    bottom = corner.bottom() + metrics.ascent() + 1 + line * metrics.height()
                    painter.drawText(corner.left(), bottom, part)
            if place == self._current and self.hasFocus():
                painter.setPen(QPen(ink, 1, Qt.PenStyle.DotLine))
                painter.drawRect(corner.adjusted(2, 2, -3, -3))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell an image's whole caption on hover."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            text = self._caption(place) if place >= 0 and self._caption is not None else ""
            QToolTip.showText(event.globalPos(), text, self.viewport(), self.rect_of(place))
            return True
        return super().viewportEvent(event)

    # Pointer and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the image under the pointer."""
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._go(place, event.modifiers(), toggles=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """All was done at the press."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate the image under the pointer."""
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self.activated.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select, activate; digits and Delete are for the owner."""
        key, modifiers = event.key(), event.modifiers()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns(),
            Qt.Key.Key_Down: self._columns(),
            Qt.Key.Key_PageUp: -self._columns() * self._rows_a_page(),
            Qt.Key.Key_PageDown: self._columns() * self._rows_a_page(),
            Qt.Key.Key_Home: -self.count,
            Qt.Key.Key_End: self.count,
        }
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if not self.count:
            super().keyPressEvent(event)
        elif key in steps:
            place = 0 if self._current < 0 else self._current + steps[Qt.Key(key)]
            self._go(min(max(place, 0), self.count - 1), modifiers, toggles=False)
        elif key == Qt.Key.Key_A and control:
            self._selected = set(range(self.count))
            self._tell()
        elif key == Qt.Key.Key_Space and self._current >= 0:
            self._go(self._current, modifiers | Qt.KeyboardModifier.ControlModifier, toggles=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.activated.emit(self._current)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not control and self._selected and self._is_labelled():
            self.digit_pressed.emit(key - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def _is_labelled(self) -> bool:
        """Whether somebody gives other labels to selected images; elsewhere a digit's key is about the drawing."""
        return self.isSignalConnected(QMetaMethod.fromSignal(self.digit_pressed))

    def _go(self, place: int, modifiers: Qt.KeyboardModifier, *, toggles: bool) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor >= 0:
            self._selected = set(range(min(self._anchor, place), max(self._anchor, place) + 1))
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            # Ctrl with an arrow only moves, and Space then adds or takes away.
            self._selected ^= {place} if toggles else set()
            self._anchor = place
        else:
            self._selected, self._anchor = {place}, place
        self._current = place
        self._show_current()
        self._tell()

    def _tell(self) -> None:
        self._describe()
        self.selection_changed.emit()
