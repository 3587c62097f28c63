"""A chart as a picture for a report: pixels (PNG) or lines and letters (SVG)."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsView

from engine.core.file_io import write_atomically
from gui.theme.tokens import Theme

# Pixels of a PNG for each of the widget's.
SCALE = 2
_PADDING_PX = 16
_TITLE_PX = 24


def write_picture(path: Path, view: QGraphicsView, title: str, theme: Theme) -> None:
    """Write what a plot shows, under a title, on the theme's surface: SVG for ".svg", else PNG.

    Raises:
        OSError: the picture cannot be made or written.
    """
    write_atomically(path, (_svg if path.suffix.lower() == ".svg" else _png)(view, title, theme))


def _png(view: QGraphicsView, title: str, theme: Theme) -> bytes:
    image = QImage(_size_of(view) * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(theme.surface))
    painter = QPainter(image)
    _paint(painter, view, title, theme)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise OSError("The chart could not be turned into a PNG picture.")
    return bytes(data.data())


def _svg(view: QGraphicsView, title: str, theme: Theme) -> bytes:
    size = _size_of(view)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    # One unit of the drawing for one pixel of the screen: fonts keep their size.
    generator.setResolution(96)
    painter = QPainter(generator)
    painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(theme.surface))
    _paint(painter, view, title, theme)
    painter.end()
    return bytes(data.data())


def _size_of(view: QGraphicsView) -> QSize:
    size = view.viewport().size()
    return QSize(size.width() + 2 * _PADDING_PX, size.height() + 2 * _PADDING_PX + _TITLE_PX)


def _paint(painter: QPainter, view: QGraphicsView, title: str, theme: Theme) -> None:
    area = view.viewport().rect()
    font = view.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    place = QRect(_PADDING_PX, _PADDING_PX // 2, area.width(), _TITLE_PX)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(view.font())
    target = QRectF(_PADDING_PX, _PADDING_PX + _TITLE_PX, area.width(), area.height())
    view.render(painter, target, area)
