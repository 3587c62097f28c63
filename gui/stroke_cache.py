"""Keeps finished ink in a pixmap, so that painting the canvas costs the same however much has been drawn."""

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from gui.stroke_renderer import PaintedStroke, paint_strokes

# Strokes below the newest this many lie in a second pixmap, from which a part is restored when one of the newest is
# undone. Older ones cannot be undone, as the undo stack is no deeper.
RECENT: Final = 200
_STEP: Final = 32


class StrokeCache:
    """The finished ink on the canvas's ground, sharp on any screen. Areas are in units of the canvas side.

    Attributes:
        pixmap: `side` × `side` in logical pixels; null before `renew`.
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

    def renew(self, side: int, ratio: float, ground: QColor, ink: QColor, strokes: tuple[PaintedStroke, ...]) -> None:
        """Paint everything anew on `side` logical pixels."""
        self._side, self._ratio, self._ground, self._ink = side, ratio, ground, ink
        extent = max(1, round(side * ratio))
        self.pixmap = QPixmap(extent, extent)
        self.pixmap.setDevicePixelRatio(ratio)
        self.pixmap.fill(ground)
        old = max(0, len(strokes) - RECENT)
        self._paint(strokes[:old])
        self._base, self._base_strokes = (QPixmap(self.pixmap), strokes[:old]) if old else (QPixmap(), ())
        self._paint(strokes[old:])

    def painter(self) -> QPainter:
        """A painter on the pixmap in units of the canvas side; the caller ends it."""
        return self._painter_on(self.pixmap)

    def add_painted(self, strokes: tuple[PaintedStroke, ...]) -> None:
        """Take note that the last of these strokes is on the pixmap already."""
        reach = len(self._base_strokes) + RECENT + _STEP
        if len(strokes) >= reach:
            if self._base.isNull():
                self._base = QPixmap(self.pixmap.size())
                self._base.setDevicePixelRatio(self._ratio)
                self._base.fill(self._ground)
            older = strokes[: len(strokes) - RECENT]
            painter = self._painter_on(self._base)
            paint_strokes(painter, older[len(self._base_strokes) :], self._ink)
            painter.end()
            self._base_strokes = older

    def repaint(self, area: QRectF, strokes: tuple[PaintedStroke, ...]) -> None:
        """Wipe an area and paint there the strokes that reach into it."""
        # Antialiased ink reaches a little further than its outline; the clip must end on whole pixels.
        side = max(1, self._side)
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side)
        whole = pixels.toAlignedRect().adjusted(-2, -2, 2, 2)
        area = QRectF(whole.x() / side, whole.y() / side, whole.width() / side, whole.height() / side)
        count = len(self._base_strokes)
        if count and (len(strokes) < count or strokes[count - 1] is not self._base_strokes[-1]):
            # Erased, cleared or replaced: what lay below is no longer what it was.
            self._base, self._base_strokes, count = QPixmap(), (), 0
        painter = self.painter()
        painter.setClipRect(area)
        if count:
            painter.drawPixmap(QRectF(0, 0, 1, 1), self._base, QRectF(self._base.rect()))
        else:
            painter.fillRect(area, self._ground)
        paint_strokes(painter, (stroke for stroke in strokes[count:] if stroke.box.intersects(area)), self._ink)
        painter.end()

    def _paint(self, strokes: tuple[PaintedStroke, ...]) -> None:
        painter = self.painter()
        paint_strokes(painter, strokes, self._ink)
        painter.end()

    def _painter_on(self, pixmap: QPixmap) -> QPainter:
        painter = QPainter(pixmap)
        painter.scale(self._side, self._side)
        return painter
