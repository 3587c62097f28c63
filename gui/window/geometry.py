"""Where the window stands and how large it is: at the first start, and as it was left."""

import base64
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QStyle, QWidget

SMALLEST_SIZE: Final = (1024, 640)
FIRST_SIZE: Final = (1280, 800)
# Of a large screen, the first window takes this much.
_SCREEN_SHARE: Final = 0.6


def smallest_size(window: QWidget) -> QSize:
    """`SMALLEST_SIZE`, or what the screen has, as that of a small laptop with large letters is smaller."""
    return QSize(*SMALLEST_SIZE).boundedTo(_largest_size(window))


def fit_frame(window: QWidget) -> bool:
    """Let the window shrink to what the screen leaves inside its frame; False while there is no frame yet."""
    smallest = smallest_size(window)
    if window.minimumSize() != smallest:
        window.setMinimumSize(smallest)
    if window.frameGeometry() == window.geometry() or window.windowState() != Qt.WindowState.WindowNoState:
        return False
    screen, size = window.screen().availableSize(), window.size()
    if size.boundedTo(screen) == size:
        # What is larger than the screen without its frame was made so: it may reach over two screens.
        window.resize(size.boundedTo(_largest_size(window)))
    return True


def _largest_size(window: QWidget) -> QSize:
    """What a screen has room for inside the frame and under the title, which the system adds when it shows a window."""
    screen, frame, inside = window.screen().availableSize(), window.frameGeometry(), window.geometry()
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    border = 2 * window.style().pixelMetric(QStyle.PixelMetric.PM_MdiSubWindowFrameWidth)
    return screen - QSize(
        max(border, frame.width() - inside.width()), max(title + border, frame.height() - inside.height())
    )


def geometry_text(window: QWidget) -> str:
    """What `restore_geometry` takes, for the settings."""
    return base64.b64encode(window.saveGeometry().data()).decode("ascii")


def restore_geometry(window: QWidget, text: str) -> None:
    """Put the window where `geometry_text` found it, or, with "" or garbage, give it a first size."""
    screen = window.screen().availableGeometry()
    wanted = (
        max(FIRST_SIZE[0], int(_SCREEN_SHARE * screen.width())),
        max(FIRST_SIZE[1], int(_SCREEN_SHARE * screen.height())),
    )
    window.resize(QSize(*wanted).boundedTo(_largest_size(window)))
    if text:
        # Garbage is refused by Qt and leaves the first size.
        window.restoreGeometry(QByteArray.fromBase64(text.encode("ascii", "replace")))
