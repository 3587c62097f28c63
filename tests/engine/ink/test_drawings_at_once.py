from pathlib import Path

import numpy as np
import pytest

from engine.ink import PreprocessingSteps, features_from_drawing, features_from_drawings
from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import read_drawings

HABITS = Path(__file__).parents[2] / "habits" / "drawings.jsonl.gz"


@pytest.mark.parametrize("path", [PreprocessingSteps(), PreprocessingSteps(clean=False, one_pen=False)])
def test_each_is_as_alone_to_the_bit(path):
    dot, line = Stroke(np.zeros((1, 2))), Stroke(np.array([[0.0, 0.0], [2.0, 3.0]]), None, 0.5)
    odd = [Drawing(), Drawing((dot,)), Drawing((line,)), Drawing((dot, line, dot))]
    drawings = [*odd, *read_drawings(HABITS)[::30], *odd]
    for found, drawing in zip(features_from_drawings(drawings, path), drawings, strict=True):
        np.testing.assert_array_equal(found, features_from_drawing(drawing, path))
