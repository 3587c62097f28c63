"""The ink of a document as a picture: finished ink in one pixmap, and the open end of the stroke under the pen.

All areas are in units of the canvas side; the widget (`drawing_canvas`) knows pixels and events.
"""

from operator import is_
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


class InkPicture:
    """Follows a document; a frame costs one pixmap and the end of one stroke, however much has been drawn."""

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
        """Paint everything into a square of logical pixels."""
        if self._pixmap.isNull() or (self._side, self._ratio) != (square.width(), ratio):
            self._begin(square.width(), ratio)
        with_ink = QPainter(self._pixmap)
        with_ink.scale(self._side, self._side)
        if not self._stale.isEmpty():
            self._repaint(with_ink, self._stale)
            self._stale = QRectF()
        if self._live is not None:
            self._live.paint_closed(with_ink, self._theme.color("ink"))
        with_ink.end()
        painter.drawPixmap(square, self._pixmap)
        if self._live is not None:
            painter.save()
            painter.translate(square.topLeft())
            painter.scale(square.width(), square.width())
            self._live.paint_open(painter, self._theme.color("ink"))
            painter.restore()

    def _begin(self, side: int, ratio: float) -> None:
        self._side, self._ratio = side, ratio
        extent = max(1, round(side * ratio))
        self._pixmap = QPixmap(extent, extent)
        self._pixmap.setDevicePixelRatio(ratio)
        self._stale = EVERYTHING

    def _end_live(self, strokes: tuple[Stroke, ...]) -> QRectF:
        """The pen was lifted: what it drew is a finished stroke now, or none."""
        ended, self._live = self._live, None
        assert ended is not None
        if len(strokes) == len(self._strokes) + 1 and all(map(is_, self._strokes, strokes)):
            painted = ended.finished(strokes[-1])
            self._painted[id(strokes[-1])] = painted
            self._strokes = strokes
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

    def _repaint(self, painter: QPainter, area: QRectF) -> None:
        """Wipe an area and paint there what reaches into it."""
        # Antialiased ink reaches a little further than its outline; the clip must end on whole pixels.
        side = max(1, self._side)
        pixels = QRectF(area.x() * side, area.y() * side, area.width() * side, area.height() * side)
        whole = pixels.toAlignedRect().adjusted(-2, -2, 2, 2)
        area = QRectF(whole.x() / side, whole.y() / side, whole.width() / side, whole.height() / side)
        color = self._theme.color("ink")
        painter.save()
        painter.setClipRect(area)
        painter.fillRect(area, self._theme.color("canvas"))
        if self._image is not None:
            _paint_image(painter, self._image, self._theme.color("accent"))
        for stroke in self._strokes:
            painted = self._painted[id(stroke)]
            if painted.box.intersects(area):
                painted.paint(painter, color)
        if self._live is not None:
            self._live.paint_closed(painter, color, again=True)
        painter.restore()


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
