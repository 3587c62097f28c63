"""The layouts in which programs write strokes as JSON, told apart so that none is ever read as another.

Points, `[[x, y], …]` or `[{"x": 1, "y": 2}, …]`, and columns, `[[x, …], [y, …]]`, also with times, or
`{"x": [x, …], "y": [y, …]}`. Two or three short lists of numbers may be either; the other strokes of the drawing or of
the file then decide.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.number_check import is_finite_number
from engine.errors import DataError

_LARGEST = 1e300  # a coordinate is smaller
_FEW_NUMBERS = 3  # of a point: x, y, and a time or a pressure
_LAYOUTS = "[[x, y], …], [[x, …], [y, …]] or {“x”: [x, …], “y”: [y, …]}"


class Layout(Enum):
    """How the strokes of a drawing are written."""

    POINTS = "points [x, y]"
    COLUMNS = "columns [[x, …], [y, …]]"


def layout_of(where: str, strokes: Sequence[object]) -> Layout | None:
    """The layout of a drawing's strokes that are lists of lists; None where they don't tell.

    Raises:
        DataError: some strokes are points for certain and some columns; the text begins with `where`.
    """
    found = {layout for stroke in strokes if (layout := _layout_of_stroke(stroke)) is not None}
    if len(found) > 1:
        raise DataError(f"{where}: some strokes are points [x, y] and some columns [[x, …], [y, …]]; one is needed.")
    return found.pop() if found else None


def is_doubtful(strokes: Sequence[object]) -> bool:
    """Whether a stroke may be points as well as columns."""
    return any(
        isinstance(stroke, list)
        and len(stroke) in (2, 3)
        and _layout_of_stroke(stroke) is None
        and all(isinstance(entry, list) for entry in stroke)
        for stroke in strokes
    )


def _layout_of_stroke(stroke: object) -> Layout | None:
    if not isinstance(stroke, list) or set(map(type, stroke)) != {list}:
        return None
    if len(stroke) > 3 or len(stroke) == 1:
        return Layout.POINTS
    lengths = set(map(len, stroke))
    if len(lengths) == 1 and (max(lengths) > _FEW_NUMBERS or max(lengths) == 1):
        return Layout.COLUMNS
    # Columns are equally long; points may lack a time.
    return Layout.POINTS if len(lengths) > 1 and max(lengths) <= _FEW_NUMBERS else None


def points_of(where: str, stroke: object, layout: Layout) -> NDArray[np.float64]:
    """The points of one stroke.

    Args:
        where: begins each message.
        stroke: as JSON gives it.
        layout: of a list of lists; objects with x and y name their layout themselves.

    Returns:
        (count, 2) float64, x and y.

    Raises:
        DataError: the stroke is of no known layout, or holds something else than finite numbers.
    """
    wrong = DataError(f"{where}: a stroke has to be a list of points, {_LAYOUTS}, of finite numbers.")
    if isinstance(stroke, dict):
        if isinstance(stroke.get("points"), list):
            return points_of(where, stroke["points"], layout)
        columns: object = [stroke.get("x"), stroke.get("y")]
        return _from_columns(columns, wrong)
    if not isinstance(stroke, list):
        raise wrong
    if stroke and all(isinstance(point, dict) for point in stroke):
        return _from_points([[point.get("x"), point.get("y")] for point in stroke], wrong)
    if layout is Layout.COLUMNS and stroke:
        return _from_columns(stroke, wrong)
    return _from_points(stroke, wrong)


def _from_points(points: list[Any], wrong: DataError) -> NDArray[np.float64]:
    counts = set(map(len, points)) if set(map(type, points)) <= {list} else {0}
    if min(counts, default=2) < 2:
        raise wrong
    # A third number of a point (a time or a pressure, in other programs' files) does no harm.
    numbers = list(chain.from_iterable(points if counts == {2} else (point[:2] for point in points)))
    # Asking every number whether it is one takes longer than reading the file.
    if not set(map(type, numbers)) <= {int, float} and not all(map(is_number, numbers)):
        raise wrong
    try:
        array = np.array(numbers, np.float64).reshape(-1, 2)
    except OverflowError:
        raise wrong from None
    # NaN is not smaller either.
    if not (np.abs(array) < _LARGEST).all():
        raise wrong
    return array


def _from_columns(columns: object, wrong: DataError) -> NDArray[np.float64]:
    if not isinstance(columns, list) or len(columns) not in (2, 3):
        raise wrong
    x, y = columns[:2]
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
        raise wrong
    if not all(is_number(value) for value in x) or not all(is_number(value) for value in y):
        raise wrong
    return np.array([x, y], np.float64).T.reshape(-1, 2)


def is_number(value: object) -> bool:
    """Whether a JSON value is a finite number that a coordinate can be."""
    return is_finite_number(value) and abs(value) < _LARGEST
