"""The ink of a document as a picture: finished ink in one pixmap, and the open end of the stroke under the pen.

All areas are in units of the canvas side; the widget (`drawing_canvas`) knows pixels and events.
"""

from collections.abc import Callable, Iterator
from operator import is_
from time import perf_counter
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from engine.ink.drawing import Stroke
from gui.canvas.stroke_renderer import LiveInk, PaintedStroke
from gui.lab.drawing_document import DrawingDocument, OpenedImage
from gui.theme.tokens import Theme

EVERYTHING: Final = QRectF(0, 0, 1, 1)
# How much of the picture shows through the mark on the ink that was found in it.
_INK_ALPHA: Final = 120
# Painting anew goes on in slices: a few pieces at least, more of them where they are small, and then until the time is
# over. So few strokes are there at once however busy the machine is.
_PIXELS_A_SLICE: Final = 1_000_000
_SLICE_SECONDS: Final = 0.004


class InkPicture:
    """Follows a document; a frame costs one pixmap and the end of one stroke, however much has been drawn.

    What has to be painted anew, after undo or in another size, is painted in slices beside what is shown, which is
    stretched meanwhile; `advance` paints the next one.
    """

    def __init__(self, document: DrawingDocument, theme: Theme) -> None:
        self._document = document
        self._theme = theme
        self._pixmap = QPixmap()
        self._side = 0
        self._ratio = 1.0
        # What the pixmap shows, but for the area that is stale.
        self._strokes: tuple[Stroke, ...] = ()
        self._image: OpenedImage | None = None
        self._live: LiveInk | None = None
        self._stale = QRectF()
        # The picture that is to take the pixmap's place, the area in which they differ, and what it still lacks.
        self._next = QPixmap()
        self._next_area = QRectF()
        self._lacking: Iterator[Callable[[QPainter], None]] | None = None
        # Strokes that ended since the last frame, and those that ended while the next picture was painted.
        self._ended: list[LiveInk] = []
        self._drawn_meanwhile: list[LiveInk] = []
        # By id of the stroke, which they hold: shapes are made once.
        self._painted: dict[int, PaintedStroke] = {}

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colors of a theme from the next frame on."""
        self._theme = theme
        self._stale = EVERYTHING

    def follow(self) -> QRectF:
        """Take over what changed in the document; the area that looks different from now on."""
        document = self._document
        area = QRectF()
        if self._live is not None and document.live_stroke is not self._live.points:
            area = self._end_live(document.strokes)
        if document.strokes is not self._strokes or document.image is not self._image:
            area = area.united(self._take(document.strokes, document.image))
        if document.live_stroke is not None:
            if self._live is None:
                self._live = LiveInk(document.live_stroke)
            area = area.united(self._live.follow())
        return area

    def paint(self, painter: QPainter, square: QRect, ratio: float) -> None:
        """Paint everything into a square of logical pixels; ask `unfinished` then."""
        if (self._side, self._ratio) != (square.width(), ratio):
            self._side, self._ratio = square.width(), ratio
            self._stale = EVERYTHING
        self._paint_new()
        # What is being painted is finished first: an eraser that moves on would never see what it has done.
        if not self._stale.isEmpty() and self._lacking is None:
            self._begin(self._stale)
            self._stale = QRectF()
            self.advance()
        painter.drawPixmap(square, self._pixmap)
        if self._live is not None:
            painter.save()
            painter.translate(square.topLeft())
            painter.scale(square.width(), square.width())
            self._live.paint_open(painter, self._theme.color("ink"))
            painter.restore()

    @property
    def unfinished(self) -> bool:
        """Whether something else is to be shown than `paint` shows now."""
        return self._lacking is not None or not self._stale.isEmpty()

    def advance(self) -> bool:
        """Paint the next slice; whether `paint` shows something else now."""
        if self._lacking is None:
            return False
        end, count = perf_counter() + _SLICE_SECONDS, 0
        least = max(1, _PIXELS_A_SLICE // (self._next.width() * self._next.width()))
        painter = self._painter(self._next)
        painter.setClipRect(self._next_area)
        while count < least or perf_counter() < end:
            piece = next(self._lacking, None)
            if piece is None:
                self._lacking = None
                break
            piece(painter)
            count += 1
        if self._lacking is None:
            # What was drawn meanwhile.
            color = self._theme.color("ink")
            painter.setClipping(False)
            for ink in self._drawn_meanwhile:
                ink.paint_closed(painter, color, again=True)
                ink.paint_open(painter, color)
            self._drawn_meanwhile.clear()
            if self._live is not None:
                self._live.paint_closed(painter, color, again=True)
        painter.end()
        if self._lacking is not None:
            return False
        self._pixmap, self._next = self._next, QPixmap()
        return True

    def _paint_new(self) -> None:
        """Bring what the pen has drawn since the last frame onto the pixmap."""
        if self._pixmap.isNull() or not (self._ended or self._live):
            return
        painter, color = self._painter(self._pixmap), self._theme.color("ink")
        for ink in self._ended:
            ink.paint_closed(painter, color)
            ink.paint_open(painter, color)
        if self._lacking is not None:
            self._drawn_meanwhile += self._ended
        self._ended = []
        if self._live is not None:
            self._live.paint_closed(painter, color)
        painter.end()

    def _painter(self, pixmap: QPixmap) -> QPainter:
        """A painter of the unit square."""
        painter = QPainter(pixmap)
        side = pixmap.width() / pixmap.devicePixelRatio()
        painter.scale(side, side)
        return painter

    def _begin(self, area: QRectF) -> None:
        """Begin a picture that differs from the pixmap inside an area; what was begun before is given up."""
        extent = max(1, round(self._side * self._ratio))
        if self._pixmap.width() == extent and self._pixmap.devicePixelRatio() == self._ratio:
            self._next = self._pixmap.copy()
        else:
            area = EVERYTHING
            self._next = QPixmap(extent, extent)
            self._next.setDevicePixelRatio(self._ratio)
            if self._pixmap.isNull():
                self._pixmap = QPixmap(extent, extent)
                self._pixmap.setDevicePixelRatio(self._ratio)
                self._pixmap.fill(self._theme.color("canvas"))
        # Antialiased ink reaches a little further than its outline; the clip must end on whole pixels.
        side = max(1, self._side)
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side)
        whole = pixels.toAlignedRect().adjusted(-2, -2, 2, 2)
        self._next_area = QRectF(whole.x() / side, whole.y() / side, whole.width() / side, whole.height() / side)
        self._lacking = self._pieces(self._next_area, self._strokes, self._image)

    def _pieces(
        self, area: QRectF, strokes: tuple[Stroke, ...], image: OpenedImage | None
    ) -> Iterator[Callable[[QPainter], None]]:
        """What paints an area, piece by piece."""
        color, canvas, mark = (self._theme.color(name) for name in ("ink", "canvas", "accent"))
        yield lambda painter: painter.fillRect(area, canvas)
        if image is not None:
            yield lambda painter: _paint_image(painter, image, mark)
        for painted in [self._painted[id(stroke)] for stroke in strokes]:
            if painted.box.intersects(area):
                yield from painted.pieces(color)

    def _end_live(self, strokes: tuple[Stroke, ...]) -> QRectF:
        """The pen was lifted: what it drew is a finished stroke now, or none."""
        ended, self._live = self._live, None
        assert ended is not None
        if len(strokes) == len(self._strokes) + 1 and all(map(is_, self._strokes, strokes)):
            painted = ended.finished(strokes[-1])
            self._painted[id(strokes[-1])] = painted
            self._strokes = strokes
            self._ended.append(ended)
            return ended.box()
        area = ended.box()
        self._stale = self._stale.united(area)
        return area

    def _take(self, strokes: tuple[Stroke, ...], image: OpenedImage | None) -> QRectF:
        """Other strokes, or another image."""
        before, self._strokes = self._painted, strokes
        after = {id(stroke): before.get(id(stroke)) or PaintedStroke(stroke) for stroke in strokes}
        area = QRectF()
        for key in before.keys() ^ after.keys():
            area = area.united((after.get(key) or before[key]).box)
        if image is not self._image:
            self._image = image
            area = EVERYTHING
        self._painted = after
        self._stale = self._stale.united(area)
        return area


def _paint_image(painter: QPainter, image: OpenedImage, mark: QColor) -> None:
    """The whole picture in the middle of the unit square, and a mark on the ink that was found."""
    height, width = image.pixels.shape[:2]
    longer = max(height, width)
    place = QRectF(0.5 - width / longer / 2, 0.5 - height / longer / 2, width / longer, height / longer)
    pixels = np.ascontiguousarray(image.pixels)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888))
    if image.ink is not None:
        mark.setAlpha(_INK_ALPHA)
        ink = np.ascontiguousarray(np.where(image.ink, np.uint32(mark.rgba()), np.uint32(0)))
        painter.drawImage(place, QImage(ink.data, width, height, 4 * width, QImage.Format.Format_ARGB32))
    if image.sheet is not None:
        mark.setAlpha(255)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(mark, 0.006))
        corners = image.sheet / longer + (place.x(), place.y())
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners.tolist()]))
