"""A chart as a picture for a report."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from gui.theme.tokens import Theme

# Pixels of the picture for each of the widget's.
SCALE = 2
_PADDING_PX = 16
_TITLE_PX = 24


def png_bytes(widget: QWidget, theme: Theme) -> bytes:
    """The widget as it is shown, on the theme's surface under its accessible name, in twice the resolution."""
    size = widget.size()
    width, height = size.width() + 2 * _PADDING_PX, size.height() + 2 * _PADDING_PX + _TITLE_PX
    image = QImage(SCALE * width, SCALE * height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(theme.surface))
    painter = QPainter(image)
    font = widget.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    title = QRect(_PADDING_PX, _PADDING_PX // 2, size.width(), _TITLE_PX)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(title, left, widget.accessibleName().removeprefix("Chart: "))
    widget.render(painter, QPoint(_PADDING_PX, _PADDING_PX + _TITLE_PX))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise OSError("The chart could not be turned into a PNG picture.")
    return bytes(data.data())
