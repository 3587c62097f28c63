"""Small maps of numbers side by side on one scale: templates, filters, feature maps, evidence."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPaintEngine, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.parameters import FloatArray
from gui.theme.manager import ThemeManager
from gui.widgets.announcement import announce
from gui.widgets.focus_frame import FocusFrame
from gui.widgets.scroll_page import scroll_to
from gui.workspaces.inspect.map_colors import color_table, map_image, shades
from gui.workspaces.inspect.map_layout import GAP_PX, fit_maps
from gui.workspaces.inspect.map_numbers import NUMBER_CELL_PX, write_numbers

_MOVES: Final = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}

Cell = tuple[int, int, int]
Reading = Callable[[Cell], str]


class MapGrid(QWidget):
    """Maps (n, height, width) in rows that fill the width, all painted on one scale, a name below each.

    Signed maps are blue below 0 and orange above, symmetric around 0; others go from the paper to the ink. What is
    under the pointer is told and framed; the arrow keys read cells, Page keys go from map to map, Enter clicks.

    Args:
        themes: the colours.
        name: for tests.
        title: for screen readers.
        scale: pixels of the screen to a cell where the maps take several rows.
        largest: pixels to a cell where there is much room.
        signed: which of the two scales; numbers below 0 are always shown on the first.

    Signals:
        pointed(text): what is read now, "" for nothing.
        clicked(map, row, column).
    """

    pointed = Signal(str)
    clicked = Signal(int, int, int)

    def __init__(
        self, themes: ThemeManager, name: str, title: str, *, scale: int = 3, largest: int = 8, signed: bool = True,
        empty_text: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._themes, self._least, self._largest = themes, scale, largest
        self._never_plain, self._signed = signed, signed
        self._empty_text = empty_text
        self.values: FloatArray = np.zeros((0, 1, 1))
        self.names: tuple[str, ...] = ()
        self.limit = 1.0
        self._read: Reading | None = None
        self._cell: Cell | None = None
        self.frames: dict[int, QRect] = {}
        # Made when it is painted: most maps of a deep network are outside of what can be seen.
        self._image = QImage()
        # What there is room for, maps and names: a blank drawing leaves it, or the page would be laid out anew.
        self._room: tuple[tuple[int, ...], tuple[str, ...]] = (self.values.shape, ())
        # The layout by what it depends on.
        self._layout: tuple[object, tuple[int, int, int, int]] = (None, (1, 1, 1, 1))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # It paints the card's surface itself, so that nothing below it is painted anew.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        FocusFrame(self)
        themes.changed.connect(self._paint_anew)

    # What is shown.

    def set_maps(
        self, values: ArrayLike, names: Sequence[str] = (), *, limit: float | None = None, read: Reading | None = None
    ) -> None:
        """Show these maps, (n, height, width).

        Args:
            values: the numbers.
            names: below each map; none for no names.
            limit: the number that has the full colour; None for the largest.
            read: says what a cell (map, row, column) is; None for name, place and value.
        """
        shape = self.values.shape, bool(self.names)
        self.values = np.asarray(values, np.float64)
        self.names, self._read = tuple(names), read
        if (self.values.shape, bool(self.names)) != shape:
            self._cell, self.frames = None, {}
        room, self._room = self._room, (self.values.shape, self.names) if len(self.values) else self._room
        if (self._room[0], bool(self._room[1])) != (room[0], bool(room[1])):
            self.updateGeometry()
        known = self.values[np.isfinite(self.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
        self.limit, self._signed = limit or max(-low, high) or 1.0, self._never_plain or low < 0
        self._paint_anew()
        self.setAccessibleDescription(self._words(low, high))
        self.read_again()

    def read_again(self) -> None:
        """What a cell is has changed, though its number has not."""
        if self._cell is not None:
            self.pointed.emit(self.text_of(self._cell))

    def frame(self, place: int, rectangle: QRect | None) -> None:
        """Frame a part of a map, in cells; None takes the frame away."""
        self.frames.pop(place, None)
        if rectangle is not None:
            self.frames[place] = rectangle
        self.update()

    def copy_of(self, places: range) -> "MapGrid":
        """Some of the maps on the same scale in a grid as wide as they need, which nobody changes or reads."""
        name, title, chosen = self.objectName(), self.accessibleName(), slice(places.start, places.stop)
        grid = MapGrid(self._themes, name, title, scale=self._least, largest=self._largest, signed=self._signed)
        grid.setFont(self.font())
        grid.set_maps(self.values[chosen].copy(), self.names[chosen], limit=self.limit)
        grid.frames = {place - places.start: frame for place, frame in self.frames.items() if place in places}
        columns, _, width, _ = grid._grid(self.width())
        grid.resize(columns * width, grid.heightForWidth(columns * width))
        return grid

    @property
    def cell(self) -> Cell | None:
        """The cell (map, row, column) that is read."""
        return self._cell

    def text_of(self, cell: Cell) -> str:
        """What a cell is."""
        if self._read is not None:
            return self._read(cell)
        place, row, column = cell
        name = f"{self.names[place]}: " if self.names and self.names[place] else ""
        value = f"{self.values[cell]:.4g}".replace("-", "−")
        return f"{name}row {row + 1}, column {column + 1}: {value}"

    # Geometry.

    def _grid(self, width: int) -> tuple[int, int, int, int]:
        """(columns, pixels a cell, width and height of a place) for a widget of this width."""
        key = (width, self._room, self.font().pixelSize())
        if self._layout[0] != key:
            shape, names = self._room
            longest = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=0)
            text = self.fontMetrics().height() + 2 if names else 0
            self._layout = key, fit_maps(width, shape, longest, text, self._least, self._largest)
        return self._layout[1]

    def map_rectangle(self, place: int) -> QRect:
        """Where a map is painted."""
        columns, scale, width, height = self._grid(self.width())
        row, column = divmod(place, columns)
        return QRect(column * width + 1, row * height + 1, self.values.shape[2] * scale, self.values.shape[1] * scale)

    def cell_center(self, place: int, row: int, column: int) -> QPoint:
        """The middle of a cell in pixels."""
        rectangle, scale = self.map_rectangle(place), self._grid(self.width())[1]
        return rectangle.topLeft() + QPoint(column * scale + scale // 2, row * scale + scale // 2)

    def cell_at(self, position: QPointF) -> Cell | None:
        """The cell (map, row, column) at a position."""
        columns, scale, width, height = self._grid(self.width())
        x, y = int(position.x()) - 1, int(position.y()) - 1
        place = y // height * columns + x // width
        column, row = x % width // scale, y % height // scale
        inside = 0 <= x < columns * width and row < self.values.shape[1] and column < self.values.shape[2] and y >= 0
        return (place, row, column) if inside and 0 <= place < len(self.values) else None

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What all rows need."""
        count, (columns, _, _, height) = self._room[0][0], self._grid(max(width, 40))
        return -(-count // columns) * height if count else 3 * self.fontMetrics().height()

    def sizeHint(self) -> QSize:
        """A row as wide as there is room."""
        return QSize(240, self.heightForWidth(max(240, self.width())))

    def minimumSizeHint(self) -> QSize:
        """One map."""
        return QSize(min(240, self._room[0][2] * self._least + GAP_PX), 24)

    # Painting.

    def _paint_anew(self) -> None:
        self._image = QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The maps that can be seen."""
        theme, painter, seen = self._themes.theme, QPainter(self), event.rect()
        painter.fillRect(seen, theme.color("surface"))
        if not len(self.values):
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)
            return
        # Dimmed while what is shown belongs to an earlier drawing.
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        if self._image.isNull():
            self._image = map_image(self.values, self.limit, theme, self._signed)
        (columns, scale, _, high), metrics = self._grid(self.width()), self.fontMetrics()
        colors, (height, width) = color_table(theme, self._signed)[0], self.values.shape[1:]
        first, last = (seen.top() - 2) // high * columns, ((seen.bottom() + 2) // high + 1) * columns
        targets = {place: self.map_rectangle(place) for place in range(max(0, first), min(len(self.values), last))}
        is_drawing = painter.paintEngine().type() == QPaintEngine.Type.SVG
        for place, target in targets.items():
            source = QRect(0, place * height, width, height)
            if is_drawing:
                # It knows no parts of images, and whoever reads it would blur the cells.
                painter.drawImage(target, self._image.copy(source).scaled(target.size()))
            else:
                painter.drawImage(target, self._image, source)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRects([target.adjusted(-1, -1, 0, 0) for target in targets.values()])
        for place, target in targets.items():
            if scale >= NUMBER_CELL_PX:
                cells = colors[shades(self.values[place], self.limit, self._signed)]
                write_numbers(painter, self.values[place], cells, target, scale)
            if self.names:
                painter.setPen(theme.color("muted"))
                room = QRect(target.x(), target.bottom() + 1, self._grid(self.width())[2] - 4, metrics.height() + 2)
                text = metrics.elidedText(self.names[place], Qt.TextElideMode.ElideRight, room.width())
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft, text)
            if (frame := self.frames.get(place)) is not None:
                painter.setPen(QPen(theme.color("good"), 2))
                painter.drawRect(QRect(target.topLeft() + frame.topLeft() * scale, frame.size() * scale))
        if self._cell is not None:
            center = self.cell_center(*self._cell)
            painter.setPen(QPen(theme.color("text"), 2))
            painter.drawRect(QRect(center.x() - scale // 2 - 1, center.y() - scale // 2 - 1, scale + 1, scale + 1))

    # Pointer and keys.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read what is under the pointer."""
        self._point(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing."""
        self._point(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Read a cell, whose map the menu is about, and choose it."""
        cell = self.cell_at(event.position())
        self._point(cell)
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.clicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell, from map to map, choose."""
        key, (count, height, width) = Qt.Key(event.key()), self.values.shape
        place, row, column = self._cell or (0, 0, 0)
        if count and key in _MOVES:
            down, right = _MOVES[key] if self._cell is not None else (0, 0)
            cell = (place, min(height - 1, max(0, row + down)), min(width - 1, max(0, column + right)))
        elif count and key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            cell = ((place + (1 if key == Qt.Key.Key_PageDown else -1)) % count, row, column)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cell is not None:
            self.clicked.emit(*self._cell)
            return
        else:
            super().keyPressEvent(event)
            return
        self._point(cell)
        scroll_to(self, self.cell_center(*cell))
        announce(self, self.text_of(cell))

    def _point(self, cell: Cell | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.pointed.emit("" if cell is None else self.text_of(cell))
            self.update()

    def _words(self, low: float, high: float) -> str:
        if not self.values.size:
            return self._empty_text
        count, height, width = self.values.shape
        maps = "1 map" if count == 1 else f"{count} maps"
        keys = "arrow keys read the values, the menu key saves them"
        return f"{maps} of {height} by {width} from {low:.3g} to {high:.3g}; {keys}"
