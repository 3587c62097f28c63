"""Drawing on a canvas, and looking at what it shows."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

LEFT = Qt.MouseButton.LeftButton


def place(canvas, x, y):
    square = canvas.square
    return QPoint(square.x() + round(x * square.width()), square.y() + round(y * square.height()))


def draw(canvas, *points):
    QTest.mousePress(canvas, LEFT, pos=place(canvas, *points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, place(canvas, *point))
    QTest.mouseRelease(canvas, LEFT, pos=place(canvas, *points[-1]))


def ink_at(canvas, x, y):
    """Whether the widget really shows ink there."""
    image = canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    at = place(canvas, x, y)
    return image.pixelColor(round(at.x() * ratio), round(at.y() * ratio)).lightness() < 128


def shape(drawing):
    return [len(stroke.points) for stroke in drawing.strokes]
