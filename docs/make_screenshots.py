"""Takes the pictures of the window in this folder: the real window, a digit drawn by mouse events, a real training.

xvfb-run -a -s "-screen 0 1920x1200x24" python docs/make_screenshots.py [--size 1280x800] [--theme light dark]
"""

import argparse
import math
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from gui.app.application import create_application, create_window
from gui.app.self_check import draw_stroke
from gui.lab.training_session import SessionState
from models import PRESETS

FOLDER = Path(__file__).resolve().parent
# A five in one stroke, in parts of the canvas: the roof from right to left, down, and the belly as an arc.
BELLY = [(0.47 + 0.19 * math.cos(turn), 0.63 + 0.19 * math.sin(turn)) for turn in np.linspace(-2.1, 2.3, 24)]
FIVE = ((0.68, 0.19), (0.55, 0.20), (0.41, 0.21), (0.395, 0.33), (0.375, 0.47), *BELLY)


def take(size: tuple[int, int], theme: str, target: Path, epochs: int) -> None:
    """Open the window, draw, train to the end, save its picture."""
    application = create_application(["digitlab"])
    window = create_window(application)

    def until(condition, seconds: float = 300.0) -> None:
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            application.processEvents()
            time.sleep(0.005)

    def rest(seconds: float) -> None:
        end = time.monotonic() + seconds
        until(lambda: time.monotonic() > end)

    window.set_theme(theme)
    window.resize(*size)
    until(lambda: window.is_complete)
    rest(0.5)
    draw_stroke(window.canvas, FIVE)
    rest(0.3)
    if epochs:
        preset = PRESETS["cnn"]
        window.lab.session.start(preset, replace(preset.defaults, epochs=epochs))
        until(lambda: window.lab.session.state is SessionState.IDLE)
    rest(1.0)
    window.grab().save(str(target))
    window.close_without_asking()
    window.deleteLater()
    application.processEvents()


def main() -> None:
    """Read the options; each picture gets a window of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--theme", nargs="+", default=["light", "dark"])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    for theme in options.theme:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGITLAB_CONFIG_DIR"] = folder
            suffix = "" if options.size == "1280x800" else f"-{options.size}"
            take((width, height), theme, options.folder / f"window-{theme}{suffix}.png", options.epochs)


if __name__ == "__main__":
    main()
