"""Whether a digit that is drawn with a mouse on the window's canvas is answered as its strokes are.

    python tests/bench/draw_by_mouse.py --model fold0.safetensors --data pen-strokes.jsonl.gz --fold 0 [--count 500]

Opens the real window and sends the held-out writers' strokes as mouse events at several sizes, places and pens. The
places are whole pixels, as most mice report them, unless --exact asks for fractions. Nothing waits for a clock.
"""

import argparse
import json
import os
import tempfile
from dataclasses import asdict, dataclass

import numpy as np
from held_out import writers_of_fold
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing
from engine.storage.model import Model
from gui.app.application import create_application, create_window
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.window.main_window import MainWindow
from models import load

SEED = 2026
# The longer side of the digit and the pen, in parts and in 280ths of the canvas's side.
HANDS = ((0.15, 4), (0.45, 20), (0.95, 40))


@dataclass
class Result:
    """How one way of drawing did, in percent of the digits.

    Attributes:
        name: the size and the pen, or "strokes" for the drawings without a window.
        right: the best class is the digit.
        shown: the window shows the digit, and neither refuses it nor reads a number.
        split: the window reads a number.
        differing: the best class is another than that of the strokes.
        largest, mean: differences of the features from those of the strokes, the 99th percentile over the digits.
    """

    name: str
    right: float
    shown: float
    split: float
    differing: float
    largest: float
    mean: float


class MouseHand:
    """Draws on a canvas with mouse events."""

    def __init__(self, canvas: DrawingCanvas, *, exact: bool) -> None:
        self._canvas = canvas
        self._exact = exact

    def draw(self, drawing: Drawing, size: float, rng: np.random.Generator) -> None:
        """The drawing with its longer side of `size` canvas sides, at a random place where it fits."""
        points = np.concatenate([stroke.points for stroke in drawing.strokes])
        lower, upper = points.min(axis=0), points.max(axis=0)
        longer = max(float((upper - lower).max()), 1e-9)
        extent = (upper - lower) / longer
        place = rng.uniform(0.01, 0.99 - size * extent)
        square = self._canvas.square
        for stroke in drawing.strokes:
            units = (stroke.points - lower) / longer * size + place
            pixels = units * square.width() + (square.x(), square.y())
            self._stroke(pixels if self._exact else np.rint(pixels))

    def _stroke(self, pixels: np.ndarray) -> None:
        places = [QPointF(float(x), float(y)) for x, y in pixels]
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonPress, places[0], left, left)
        for place in places[1:]:
            self._send(QEvent.Type.MouseMove, place, none, left)
        self._send(QEvent.Type.MouseButtonRelease, places[-1], left, none)

    def _send(self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        globally = QPointF(self._canvas.mapToGlobal(place))
        event = QMouseEvent(kind, place, globally, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._canvas, event)


def answers_to_strokes(model: Model, drawings: list[Drawing]) -> tuple[Result, np.ndarray, np.ndarray]:
    """The model's own answers, the best classes and the features."""
    features = np.stack(features_from_drawings(drawings))
    labels = np.array([int(label) for label in model.labels])
    best = labels[model.answer(features).argmax(axis=1)]
    right = best == [drawing.label for drawing in drawings]
    shown = right & ~model.rejects(features)
    return Result("strokes", 100 * right.mean(), 100 * shown.mean(), 0.0, 0.0, 0.0, 0.0), best, features


def draw_all(
    window: MainWindow,
    drawings: list[Drawing],
    size: float,
    pen: int,
    expected: tuple[np.ndarray, np.ndarray],
    exact: bool,
) -> Result:
    """Draw every digit and look at the window's answer."""
    hand = MouseHand(window.canvas, exact=exact)
    rng = np.random.default_rng(SEED)
    window.canvas.set_pen_width(pen)
    right, shown, split, differing, largest, mean = [], [], [], [], [], []
    for drawing, best, features in zip(drawings, *expected, strict=True):
        window.canvas.clear()
        hand.draw(drawing, size, rng)
        window.lab.prediction.predict_now()
        answer = window.answer
        right.append(answer.best == str(drawing.label))
        shown.append(window.findChild(QLabel, "predictionLabel").text() == str(drawing.label))
        split.append(answer.number is not None)
        differing.append(answer.best != str(best))
        difference = np.abs((answer.features if answer.features is not None else 0.0) - features)
        largest.append(difference.max())
        mean.append(difference.mean())
    shares = [100 * float(np.mean(part)) for part in (right, shown, split, differing)]
    return Result(
        f"{size:.0%} of the canvas, pen {pen}", *shares, *(float(np.quantile(part, 0.99)) for part in (largest, mean))
    )


def main() -> None:
    """Measure and print, in a settings folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="cnn-large", metavar="NAME|FILE")
    parser.add_argument("--data", required=True, help="drawings with the key 'writer'")
    parser.add_argument("--fold", type=int, default=0, help="whose drawings: as in `train --recipe full --fold`")
    parser.add_argument("--count", type=int, default=0, help="so many digits at random (default: all)")
    parser.add_argument("--exact", action="store_true", help="send fractions of pixels, as pens and scaled screens do")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    drawings = [drawing for hand in writers_of_fold(arguments.data, arguments.fold).values() for drawing in hand]
    if arguments.count:
        chosen = np.random.default_rng(SEED).permutation(len(drawings))[: arguments.count]
        drawings = [drawings[place] for place in chosen]
    model = load(arguments.model)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITLAB_CONFIG_DIR"] = folder
        application = create_application(["digitlab"])
        window = create_window(application)
        while not window.is_complete:
            application.processEvents()
        window.lab.classifier.set_model(model)
        strokes, *expected = answers_to_strokes(model, drawings)
        results = [strokes, *(draw_all(window, drawings, *hand, tuple(expected), arguments.exact) for hand in HANDS)]
        side = window.canvas.square.width()
        window.close_without_asking()
    if arguments.json:
        print(json.dumps({"count": len(drawings), "canvas": side, "results": [asdict(result) for result in results]}))
        return
    print(f"{len(drawings):,} digits of fold {arguments.fold} on a canvas of {side} pixels")
    print(f"{'':26}  right  against  shown  split  unlike   features of 99 % differ by")
    for result in results:
        print(
            f"{result.name:26}{result.right:7.2f}  {result.right - strokes.right:+7.2f}{result.shown:7.2f}"
            f"{result.split:7.2f}{result.differing:8.2f}   at most {result.largest:.3f}, on average {result.mean:.4f}"
        )


if __name__ == "__main__":
    main()
