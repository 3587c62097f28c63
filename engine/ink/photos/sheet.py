"""The sheet in the picture: paper on a desk, a note on a wall, a board, a drawing area in a screenshot.

A sheet is a large region of one tone, lighter or darker than all around it, with sharp edges, in the shape of a
quadrangle that is seen nearly whole. What lies beside it is no ink.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.photos.background import rim_of
from engine.ink.photos.ruling import is_ruled
from engine.ink.polygons import convex_hull, polygon_area

_SIDE = 160  # pixels of the longer side at which sheets are looked for
_LEVELS = 20  # thresholds that are tried
_LEAST_RANGE = 0.12  # of brightness in the picture
_LEAST_AREA = 0.06  # of the picture
_MOST_AT_RIM = 0.35  # of the picture's rim: sunlit halves of a page touch it along half and more
_MOST_AT_SIDE = 0.8  # of one side of it: the margin beside a printed line takes a whole side
_BEYOND = (2, 6)  # pixels beyond a region that the picture's rim cuts off …
_MOST_BEYOND = 0.5  # … of which so much may have its tone: more, and it lies between printed lines
_MOST_CUT = 0.3  # of a region's outline that may be the picture's rim, where …
_SHADE = 0.45  # … the darker side of the rest has at least this share of the lighter side's brightness …
_TINT = 0.06  # … in all colours alike, as paper in the light and in a shadow has
_CELL = 0.25  # of the picture: cells of squared paper whose lines are lost in part are smaller
_COMPACT = 0.2  # of its diameter's square that a sheet fills; 1 to 4 is 0.235
_LEAST_TONE = 0.6  # of the region: the rest of it is ink
_CONVEX = 0.94  # of its convex hull that a sheet fills
_QUADRANGLE = 0.9  # of its hull that the largest quadrangle in it fills; for an ellipse 0.64
_STEADY = 0.08  # a sharp edge: the area changes by no more than this …
_STEPS = 2  # … over so many thresholds in a row
_EDGE = 0.012  # of the picture's longer side: the sheet's own edge, its thickness and its shadow
_MOST_CORNERS = 64  # of a hull: a quadrangle has few that matter


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Where a sheet lies in a picture.

    Attributes:
        box: (left, top, right, bottom) as shares of the picture's width and height.
        inside: (height, width) bool of the box; what belongs to the sheet.
    """

    box: tuple[float, float, float, float]
    inside: NDArray[np.bool_]


def find_sheet(levels: FloatArray) -> Sheet | None:
    """The largest sheet that is seen nearly whole, or None; levels are (height, width, channels) in [0, 1]."""
    from PIL import Image

    grey = np.ascontiguousarray(levels.mean(axis=2), np.float32)
    factor = max(1.0, max(grey.shape) / _SIDE)
    size = (max(1, round(grey.shape[1] / factor)), max(1, round(grey.shape[0] / factor)))
    if min(size) < 8:
        return None
    small = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))
    lowest, highest = np.percentile(small, [0.5, 99.5])
    if highest - lowest < _LEAST_RANGE:
        return None
    thresholds = np.linspace(lowest, highest, _LEVELS + 2)[1:-1]
    best: NDArray[np.bool_] | None = None
    for is_light in (True, False):
        before: list[tuple[NDArray[np.bool_], int]] = []
        is_on_ruling: bool | None = None
        for threshold in thresholds:
            mask = small > threshold if is_light else small < threshold
            now = [(region, 1 + _steps_before(region, before)) for region in _sheet_like(mask)]
            for region, steps in now:
                if steps <= _STEPS or (best is not None and region.sum() <= best.sum()):
                    continue
                if region.mean() < _CELL and _tone_beyond(mask, region) > _MOST_BEYOND:
                    if is_on_ruling is None:
                        is_on_ruling = is_ruled((grey < (lowest + highest) / 2) == is_light)
                    if is_on_ruling:
                        continue
                if _is_shaded_paper(levels, region):
                    continue
                best = region
            before = now
    return None if best is None else _trimmed(best)


def on_sheet(levels: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
    """The levels with everything beside the sheet replaced by the nearest of the sheet.

    Args:
        levels: (height, width, channels) of the sheet's box.
        inside: bool of the same box, of any size.
    """
    from PIL import Image
    from scipy import ndimage

    size = (levels.shape[1], levels.shape[0])
    mask = np.asarray(Image.fromarray(inside).convert("L").resize(size, Image.Resampling.BILINEAR)) > 127
    if mask.all() or not mask.any():
        return levels
    rows, columns = ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True)
    filled: FloatArray = levels[rows, columns]
    return filled


def _sheet_like(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The regions of a mask that have a sheet's size, place and shape, their ink filled."""
    from scipy import ndimage

    regions, count = ndimage.label(mask)
    if not count:
        return []
    areas = np.bincount(regions.ravel(), minlength=count + 1)
    sides = [regions[0], regions[-1], regions[:, 0], regions[:, -1]]
    along = np.array([np.bincount(side, minlength=count + 1) for side in sides])
    at_rim = along.sum(axis=0) / sum(map(len, sides))
    at_side = (along / np.array([[len(side)] for side in sides])).max(axis=0)
    is_whole = (at_rim <= _MOST_AT_RIM) & (at_side <= _MOST_AT_SIDE) & (areas >= _LEAST_AREA * mask.size)
    found = []
    for region in np.flatnonzero(is_whole[1:]) + 1:
        filled = _without_holes(regions == region)
        area = int(filled.sum())
        if areas[region] < _LEAST_TONE * area:
            continue
        if at_rim[region] > 0 and _tone_beyond(mask, filled) > _MOST_BEYOND:
            continue
        hull = _hull(filled)
        hull_area = polygon_area(hull)
        diameter = np.linalg.norm(hull[:, None] - hull[None], axis=2).max()
        is_sheet = area > _CONVEX * hull_area and area > _COMPACT * diameter**2
        if is_sheet and _largest_quadrangle(hull) > _QUADRANGLE * hull_area:
            found.append(filled)
    return found


def _without_holes(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The region and all that it surrounds: a quarter of the time of SciPy's own, which grows the rest step by step."""
    from scipy import ndimage

    around, count = ndimage.label(~region)
    is_outside = np.zeros(count + 1, bool)
    for side in (around[0], around[-1], around[:, 0], around[:, -1]):
        is_outside[side] = True
    is_outside[0] = False
    return np.asarray(~is_outside[around])


def _tone_beyond(mask: NDArray[np.bool_], region: NDArray[np.bool_]) -> float:
    """How much of what lies a little beyond the region has its tone."""
    from scipy import ndimage

    near = ndimage.binary_dilation(region, iterations=_BEYOND[0])
    ring = ndimage.binary_dilation(near, iterations=_BEYOND[1] - _BEYOND[0]) & ~near
    return float(mask[ring].mean()) if ring.any() else 0.0


def _is_shaded_paper(levels: FloatArray, region: NDArray[np.bool_]) -> bool:
    """Whether a region is what a shadow and the picture's rim leave of the paper, or the shadow itself."""
    from PIL import Image
    from scipy import ndimage

    outline = region & ~ndimage.binary_erosion(region)
    if rim_of(outline).sum() <= _MOST_CUT * outline.sum():
        return False
    around = ndimage.distance_transform_edt(~region)
    inside = ndimage.distance_transform_edt(np.pad(region, 1, mode="edge"))[1:-1, 1:-1]
    beyond, within_it = ((_BEYOND[0] < part) & (part <= _BEYOND[1]) for part in (around, inside))
    if not (beyond.any() and within_it.any()):
        return False
    ratios = []
    for channel in np.moveaxis(levels, 2, 0):
        small = Image.fromarray(np.ascontiguousarray(channel)).resize(region.shape[::-1], Image.Resampling.BOX)
        tones = sorted(float(np.median(np.asarray(small)[part])) for part in (beyond, within_it))
        ratios.append(tones[0] / max(tones[1], 1e-3))
    return min(ratios) > _SHADE and max(ratios) - min(ratios) < _TINT


def _steps_before(region: NDArray[np.bool_], before: list[tuple[NDArray[np.bool_], int]]) -> int:
    """Over how many thresholds before this one the region was nearly the same."""
    area = region.sum()
    for other, steps in before:
        if (region ^ other).sum() < _STEADY * area:
            return steps
    return 0


def _trimmed(region: NDArray[np.bool_]) -> Sheet:
    """The sheet without its edge."""
    from scipy import ndimage

    width = max(1, round(_EDGE * max(region.shape)))
    # Beyond the picture the sheet goes on.
    inner = ndimage.binary_erosion(region, iterations=width, border_value=1)
    if not inner.any():
        inner = region
    (box,) = ndimage.find_objects(inner.astype(np.uint8))
    rows, columns = box
    height, width = region.shape
    shares = (columns.start / width, rows.start / height, columns.stop / width, rows.stop / height)
    return Sheet(shares, inner[box])


def _hull(region: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Corners (n, 2) of the convex hull of a region's pixels, which are squares: every so many where there are many."""
    rows = np.flatnonzero(region.any(axis=1))
    left, right = region[rows].argmax(axis=1), region.shape[1] - region[rows, ::-1].argmax(axis=1)
    ends = [np.stack([row, column], axis=1) for row in (rows, rows + 1) for column in (left, right)]
    corners = convex_hull(np.concatenate(ends).astype(np.float64))
    return corners[:: 1 + len(corners) // _MOST_CORNERS]


def _largest_quadrangle(hull: NDArray[np.float64]) -> float:
    """The area of the largest quadrangle whose corners are corners of the convex polygon."""
    y, x = hull.T
    # Twice the signed area of the triangle on each diagonal i–j with the corner k.
    across_y, across_x = y[None, :] - y[:, None], x[None, :] - x[:, None]
    twice = across_y[:, :, None] * across_x[:, None, :] - across_x[:, :, None] * across_y[:, None, :]
    return float((twice.max(axis=2) - twice.min(axis=2)).max()) / 2
