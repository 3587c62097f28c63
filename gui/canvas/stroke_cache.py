"""Keeps finished ink in a pixmap, so that painting the canvas costs the same however much has been drawn."""

import time
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from gui.canvas.stroke_renderer import PaintedStroke, paint_paths, paint_strokes

# Strokes below the newest this many lie in a second pixmap, from which a part is restored when one of the newest is
# undone. Older ones cannot be undone, as the undo stack is no deeper.
RECENT: Final = 200
_STEP: Final = 32


class StrokeWork:
    """Strokes to be painted path by path; an iterator that can be left and taken up again.

    Attributes:
        strokes: all of them.
        recent: place of the first that can still be undone.
    """

    def __init__(self, strokes: tuple[PaintedStroke, ...]) -> None:
        self.strokes = strokes
        self.recent = max(0, len(strokes) - RECENT)
        self._paths = ((place, stroke, path) for place, stroke in enumerate(strokes) for path in stroke.paths)

    def __iter__(self) -> Iterator[tuple[int, PaintedStroke, QPainterPath]]:
        return self._paths


class StrokeCache:
    """The finished ink on the canvas's ground, sharp on any screen. Areas are in units of the canvas side.

    Attributes:
        pixmap: `side` × `side` in logical pixels; null before `begin`.
    """

    def __init__(self) -> None:
        self.pixmap = QPixmap()
        self._base = QPixmap()
        self._base_strokes: tuple[PaintedStroke, ...] = ()
        self._side = 0
        self._ratio = 1.0
        self._ground = QColor()
        self._ink = QColor()

    @property
    def is_null(self) -> bool:
        """Whether there is no pixmap yet."""
        return self.pixmap.isNull()

    def fits(self, side: int, ratio: float) -> bool:
        """Whether the pixmap has this size and this device pixel ratio."""
        return not self.pixmap.isNull() and self._side == side and self._ratio == ratio

    def begin(self, side: int, ratio: float, ground: QColor, ink: QColor) -> None:
        """Start with a blank pixmap of `side` logical pixels; what was painted is forgotten."""
        self._side, self._ratio, self._ground, self._ink = side, ratio, ground, ink
        extent = max(1, round(side * ratio))
        self.pixmap = QPixmap(extent, extent)
        self.pixmap.setDevicePixelRatio(ratio)
        self.pixmap.fill(ground)
        self._base, self._base_strokes = QPixmap(), ()

    def paint_slice(self, work: StrokeWork, seconds: float, least: int = 1) -> bool:
        """Paint the next paths for about so long, `least` of them in any case; whether all are painted."""
        end = time.perf_counter() + seconds
        painter = self.painter()
        for painted, (place, stroke, path) in enumerate(work, 1):
            if place == work.recent and self._base.isNull() and place:
                self._base, self._base_strokes = QPixmap(self.pixmap), work.strokes[:place]
            paint_paths(painter, (path,), stroke.stroke.width, stroke.stroke.pressures is not None, self._ink)
            if painted >= least and time.perf_counter() >= end:
                painter.end()
                return False
        painter.end()
        return True

    def painter(self) -> QPainter:
        """A painter on the pixmap in units of the canvas side; the caller ends it."""
        return self._painter_on(self.pixmap)

    def paint_more(self, strokes: tuple[PaintedStroke, ...], first: int) -> None:
        """Paint those from place `first` on, which came after the others."""
        painter = self.painter()
        paint_strokes(painter, strokes[first:], self._ink)
        painter.end()
        self.add_painted(strokes)

    def lags(self, strokes: tuple[PaintedStroke, ...]) -> bool:
        """Whether setting down those that can no longer be undone would take long: too many of them are new."""
        return len(strokes) >= len(self._base_strokes) + RECENT + 2 * _STEP

    def add_painted(self, strokes: tuple[PaintedStroke, ...]) -> None:
        """Take note that the last of these strokes is on the pixmap already; a cache that lags stays as it is."""
        if len(strokes) >= len(self._base_strokes) + RECENT + _STEP and not self.lags(strokes):
            if self._base.isNull():
                self._base = QPixmap(self.pixmap.size())
                self._base.setDevicePixelRatio(self._ratio)
                self._base.fill(self._ground)
            older = strokes[: len(strokes) - RECENT]
            painter = self._painter_on(self._base)
            paint_strokes(painter, older[len(self._base_strokes) :], self._ink)
            painter.end()
            self._base_strokes = older

    def takes_long(self, area: QRectF, strokes: tuple[PaintedStroke, ...]) -> bool:
        """Whether `repaint` would paint more strokes than fit between two frames."""
        count = len(self._base_strokes) if self._has_base_of(strokes) else 0
        if len(strokes) - count <= RECENT + 2 * _STEP:
            return False
        return sum(stroke.box.intersects(area) for stroke in strokes[count:]) > _STEP

    def wipe(self, start: QPointF, end: QPointF, radius: float) -> None:
        """Paint the ground where a round eraser has passed, until the ink is painted anew."""
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(self._ground, 2 * radius, *line))
        # A line of no length paints nothing.
        painter.drawLine(start, end + QPointF(1e-4, 0))
        painter.end()

    def repaint(self, area: QRectF, strokes: tuple[PaintedStroke, ...]) -> None:
        """Wipe an area and paint there the strokes that reach into it."""
        # Antialiased ink reaches a little further than its outline; the clip must end on whole pixels.
        side = max(1, self._side)
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side)
        whole = pixels.toAlignedRect().adjusted(-2, -2, 2, 2)
        area = QRectF(whole.x() / side, whole.y() / side, whole.width() / side, whole.height() / side)
        if not self._has_base_of(strokes):
            # Erased, cleared or replaced: what lay below is no longer what it was.
            self._base, self._base_strokes = QPixmap(), ()
        count = len(self._base_strokes)
        painter = self.painter()
        painter.setClipRect(area)
        if count:
            painter.drawPixmap(QRectF(0, 0, 1, 1), self._base, QRectF(self._base.rect()))
        else:
            painter.fillRect(area, self._ground)
        paint_strokes(painter, (stroke for stroke in strokes[count:] if stroke.box.intersects(area)), self._ink)
        painter.end()

    def _has_base_of(self, strokes: tuple[PaintedStroke, ...]) -> bool:
        count = len(self._base_strokes)
        return not count or (len(strokes) >= count and strokes[count - 1] is self._base_strokes[-1])

    def _painter_on(self, pixmap: QPixmap) -> QPainter:
        painter = QPainter(pixmap)
        painter.scale(self._side, self._side)
        return painter
