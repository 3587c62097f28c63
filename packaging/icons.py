"""Draws DigitLab's icon in every size that a system asks for, from the one drawing of the project.

python packaging/icons.py FOLDER
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).resolve().parents[1] / "gui" / "theme" / "icons" / "digitlab.svg"
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(side: int) -> QImage:
    """The icon, `side` pixels wide and high."""
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


def write_icons(folder: Path) -> None:
    """One PNG a size (digitlab-16.png …), digitlab.ico for Windows and digitlab.icns for macOS."""
    _application = QGuiApplication.instance() or QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for side in (*SIZES, 1024):
        if not draw(side).save(str(folder / f"digitlab-{side}.png")):
            raise SystemExit(f"{folder}: the icon of {side} pixels cannot be written.")
    with Image.open(folder / "digitlab-1024.png") as largest:
        largest.save(folder / "digitlab.icns")
        largest.save(folder / "digitlab.ico", sizes=[(side, side) for side in ICO_SIZES])


if __name__ == "__main__":
    write_icons(Path(sys.argv[1]))
