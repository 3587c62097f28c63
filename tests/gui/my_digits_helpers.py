"""What the tests of the My digits tab share: the tab, the canvas beside it, and drawings that are filed."""

from PySide6.QtCore import Qt

from engine.ink.drawing import Drawing
from engine.ink.drawing_collection import DrawingCollection

SEVEN = Drawing.from_points([[(0.28, 0.25), (0.7, 0.25), (0.55, 0.58), (0.47, 0.8)]])
ONE = Drawing.from_points([[(0.5, 0.2), (0.48, 0.8)]])


def on_disk(mine):
    return [drawing.label for drawing in DrawingCollection(mine.collection.path).read().drawings]


def fill(qtbot, tab, *labels):
    """File a fresh drawing for each label."""
    for label in labels:
        tab.lab.drawing.set_drawing(SEVEN if label == 7 else ONE)
        tab.lab.prediction.predict_now()
        if label is None:
            tab.lab.filing.file_not_a_digit()
        else:
            tab.lab.filing.file_digit(label)
    tab.refresh_now()


def press(qtbot, tab, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(tab.digits.grid, key, modifier)
    tab.refresh_now()


def labels(mine):
    return [digit.drawing.label for digit in mine.digits]
