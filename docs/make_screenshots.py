"""Takes the pictures of the window in this folder, and the short film: the real window, a digit drawn by mouse events,
a real training.

xvfb-run -a -s "-screen 0 1920x1200x24" python docs/make_screenshots.py [--size 1280x800] [--no-film]
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from gui.app.application import create_application, create_window
from gui.app.self_check import draw_stroke
from gui.lab.session_state import SessionState
from models import PRESETS

FOLDER = Path(__file__).resolve().parent
# A five in one stroke, in parts of the canvas: the roof from right to left, down, and the belly as an arc.
BELLY = [(0.47 + 0.19 * math.cos(turn), 0.63 + 0.19 * math.sin(turn)) for turn in np.linspace(-2.1, 2.3, 24)]
TAB_SECONDS = 8.0
FRAME_SECONDS, FILM_SECONDS, FILM_SIZE, FILM_COLORS = 0.25, 7.0, (832, 520), 64
FIVE = ((0.68, 0.19), (0.55, 0.20), (0.41, 0.21), (0.395, 0.33), (0.375, 0.47), *BELLY)


class Photographer:
    """A window of its own: draws, trains, opens tabs, and takes pictures."""

    def __init__(self, size: tuple[int, int], theme: str) -> None:
        self.application = create_application(["digitlab"])
        self.window = create_window(self.application)
        self.frames: list[Image.Image] = []
        self.window.set_theme(theme)
        self.window.resize(*size)
        self.until(lambda: self.window.is_complete)
        self.rest(0.5)

    def until(self, condition: Callable[[], bool], seconds: float = 300.0) -> None:
        """Let the window live until something is true."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            self.application.processEvents()
            time.sleep(0.005)

    def rest(self, seconds: float) -> None:
        """Let the window live."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def train(self, epochs: int) -> None:
        """Train the convolutional network to the end."""
        self.start(epochs)
        self.until(lambda: self.window.lab.session.state is SessionState.IDLE)

    def start(self, epochs: int) -> None:
        """Begin to train."""
        preset = PRESETS["cnn"]
        self.window.lab.session.start(preset, replace(preset.defaults, epochs=epochs))

    def open_tab(self, key: str) -> None:
        """Show a tab and let it finish its work."""
        tabs = self.window.workspaces
        tabs.setCurrentWidget(tabs.workspace(key))
        self.rest(TAB_SECONDS)

    def save(self, path: Path) -> None:
        """Take a picture."""
        self.window.grab().save(str(path))

    def film(self, seconds: float) -> None:
        """Take a frame now and then."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            self.rest(FRAME_SECONDS)
            picture = self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
            size = (picture.width(), picture.height())
            whole = Image.frombytes("RGB", size, bytes(picture.constBits()), "raw", "RGB", picture.bytesPerLine())
            self.frames.append(whole.resize(FILM_SIZE, Image.Resampling.LANCZOS))

    def save_film(self, path: Path) -> None:
        """All frames as a GIF."""
        palette = self.frames[-1].quantize(FILM_COLORS)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        shown_ms = round(1000 * FRAME_SECONDS)
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=shown_ms, loop=0, optimize=True)

    def close(self) -> None:
        """Leave nothing behind."""
        self.window.close_without_asking()
        self.window.deleteLater()
        self.application.processEvents()


def take(size: tuple[int, int], theme: str, target: Path, epochs: int) -> None:
    """Draw, train to the end, and save a picture of it; in the light look one of looking inside and one of judging."""
    photographer = Photographer(size, theme)
    draw_stroke(photographer.window.canvas, FIVE)
    photographer.rest(0.3)
    if epochs:
        photographer.train(epochs)
    photographer.rest(1.0)
    photographer.save(target)
    if theme == "light":
        for key in ("inspect", "evaluate"):
            photographer.open_tab(key)
            photographer.save(target.with_name(target.name.replace("window-light", f"window-{key}")))
    photographer.close()


def film(target: Path, epochs: int) -> None:
    """A digit is drawn bit by bit while the model answers, then a network learns it."""
    photographer = Photographer((1280, 800), "light")
    canvas = photographer.window.canvas
    for count in range(3, len(FIVE) + 1, 3):
        canvas.clear()
        draw_stroke(canvas, FIVE[:count])
        photographer.film(FRAME_SECONDS)
    photographer.film(0.8)
    photographer.start(epochs)
    photographer.film(FILM_SECONDS)
    photographer.window.lab.session.stop()
    photographer.save_film(target)
    photographer.close()


def main() -> None:
    """Read the options; each picture gets a window of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--theme", nargs="+", default=["light", "dark"])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--no-film", action="store_true")
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    for theme in options.theme:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGITLAB_CONFIG_DIR"] = folder
            suffix = "" if options.size == "1280x800" else f"-{options.size}"
            take((width, height), theme, options.folder / f"window-{theme}{suffix}.png", options.epochs)
    if not options.no_film:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGITLAB_CONFIG_DIR"] = folder
            film(options.folder / "window.gif", options.epochs)


if __name__ == "__main__":
    main()
