"""Digits with a line below each as one picture for a report."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from engine.core.parameters import FloatArray
from gui.theme.tokens import Theme
from gui.widgets.picture_export import Encode, painted
from gui.widgets.pixel_image import image_atlas

_COLUMNS = 10
_ZOOM = 3
_GAP_PX, _MARGIN_PX = 12, 16


def sheet_painted(
    ending: str, title: str, images: FloatArray, captions: Sequence[str], font: QFont, theme: Theme
) -> Encode:
    """Paint digits in rows of ten under a title: ".svg", else PNG.

    Args:
        ending: of the file.
        title: the line above.
        images: (n, side, side) in [0, 1].
        captions: one short line for each.
        font: of all letters.
        theme: its colours.
    """
    line, side = QFontMetrics(font).height(), images.shape[1] * _ZOOM
    rows = -(-len(images) // _COLUMNS)
    size = QSize(
        2 * _MARGIN_PX + _COLUMNS * (side + _GAP_PX) - _GAP_PX,
        2 * _MARGIN_PX + 2 * line + rows * (side + line + _GAP_PX),
    )
    return painted(ending, size, title, lambda painter: _paint(painter, title, images, captions, font, theme, size))


def _paint(
    painter: QPainter, title: str, images: FloatArray, captions: Sequence[str], font: QFont, theme: Theme, size: QSize
) -> None:
    line, pixels = QFontMetrics(font).height(), images.shape[1]
    side = pixels * _ZOOM
    painter.fillRect(QRect(QPoint(0, 0), size), QColor(theme.surface))
    painter.setPen(QColor(theme.text))
    bold = QFont(font)
    bold.setBold(True)
    painter.setFont(bold)
    painter.drawText(QRect(_MARGIN_PX, _MARGIN_PX, size.width() - 2 * _MARGIN_PX, line), 0, title)
    painter.setFont(font)
    atlas = image_atlas(images, theme.canvas, theme.ink)
    for place, caption in enumerate(captions):
        row, column = divmod(place, _COLUMNS)
        left = _MARGIN_PX + column * (side + _GAP_PX)
        top = _MARGIN_PX + 2 * line + row * (side + line + _GAP_PX)
        # A drawing knows no parts of images, and whoever reads it would blur the pixels.
        digit = atlas.copy(0, pixels * place, pixels, pixels).scaled(side, side)
        painter.drawImage(left, top, digit)
        painter.setPen(QColor(theme.line))
        painter.drawRect(left - 1, top - 1, side + 1, side + 1)
        painter.setPen(QColor(theme.text))
        short = QFontMetrics(font).elidedText(caption, Qt.TextElideMode.ElideRight, side + _GAP_PX)
        painter.drawText(QRect(left, top + side, side + _GAP_PX, line), 0, short)
