"""What lies behind the curves: background, axes, numbers and grid, painted by pyqtgraph and kept as a picture.

They change only with the range, the size and the theme, and cost pyqtgraph more than a millisecond; the curves change
all the time.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class AxesCache:
    """The picture of a plot without its curves.

    Args:
        viewport: the widget that shows it.
        paint: paints it.
    """

    def __init__(self, viewport: QWidget, paint: Callable[[QPainter], None]) -> None:
        self._viewport = viewport
        self._paint = paint
        self._picture: QPixmap | None = None
        self._ratio = 0.0

    @property
    def fresh(self) -> bool:
        """Whether the picture is still right."""
        picture = self._picture
        return (
            picture is not None
            and picture.devicePixelRatio() == self.ratio
            and picture.size() == self._viewport.size() * self.ratio
        )

    @property
    def ratio(self) -> float:
        """Pixels of the picture in one of the widget's: the screen's, or another for an export."""
        return self._ratio or self._viewport.devicePixelRatioF()

    def set_ratio(self, ratio: float) -> None:
        """Be painted this fine; 0 for as fine as the screen."""
        self._ratio = ratio

    def drop(self) -> None:
        """Something has changed: the next `picture` is painted anew."""
        self._picture = None

    def picture(self) -> QPixmap:
        """The picture, of the viewport's size."""
        if self._picture is None or not self.fresh:
            picture = QPixmap(self._viewport.size() * self.ratio)
            picture.setDevicePixelRatio(self.ratio)
            # Without transparency, text is as sharp as in the widget itself, and the picture is copied, not blended.
            picture.fill(Qt.GlobalColor.white)
            painter = QPainter(picture)
            self._paint(painter)
            painter.end()
            self._picture = picture
        return self._picture
