"""Lines that are printed on the sheet or the screen: ruling, squares, frames. Straight and thin, they are no ink."""

import numpy as np
from numpy.typing import NDArray

_COVERED = 0.7  # of its way through the picture that the ink of a printed line covers …
_LEAST_SIDE = 64  # pixels; in smaller pictures the pen is as thin as lines are
_CROSSES = 0.5  # … which is this share of the width or height at least
_SLANT = 0.2  # rise over run of lines that are printed but photographed turned or in perspective …
_SLANTS = 81  # … tried in so many steps
_THICKEST = 0.025  # of the picture's longer side; a wider line is a stroke
_MANY = 3  # lines side by side are printed, whatever the pen's width; fewer where the pen is wider …
_WIDER = 1.4  # … by this factor
_SPECK = 0.03  # of the picture's longer side: a smaller piece beside the lines is what is left of a line …
_CELL_SPECK = 0.35  # … or smaller than so much of the space between two lines
_SMALL, _NEARBY = 0.4, 0.5  # of the longest piece beside the lines: smaller and farther away it is left of a line
_MARGIN = 1.5  # pixels: the soft edge of the pen, kept
_PALE = 0.02  # of the lines' pixels
_BARE = 0.02  # of the ink: what is left where there are only lines, their crossings and their frayed edges
_FRAME_SPANS = 0.5  # of the picture's width and height
_FRAME_RIM = 0.06  # shares of its box within which a frame lies
_FRAME_SHARE = 0.9


def without_ruling(inked: NDArray[np.bool_], faint: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """The ink without thin straight lines that cross the whole picture; where they cross the pen's ink, that stays.

    Lines are found by adding the ink up along all nearly level and nearly upright directions. A single line or two are
    taken for printed ones only where the pen that wrote beside them is wider. Nothing is left of a sheet on which there
    is ruling alone.

    Args:
        inked: (height, width), what is taken for ink.
        faint: the same with fainter pixels, in which pale lines are whole; None for `inked`.
    """
    from scipy import ndimage

    traces = inked if faint is None else faint
    level, level_count = _lines_across(traces)
    upright, upright_count = _lines_across(traces.T)
    lines = level | upright.T
    if not lines.any():
        return inked
    depth = ndimage.distance_transform_edt(np.pad(traces, 1, mode="edge"))[1:-1, 1:-1]
    ridge = depth >= ndimage.maximum_filter(depth, 3)
    ruling = float(np.median(depth[ridge & lines])) if (ridge & lines).any() else 1.0
    count = max(level_count, upright_count)
    speck = min(_SPECK, _CELL_SPECK / count) * max(inked.shape)
    beside = _without_small(inked & ~ndimage.binary_dilation(lines), speck)
    if not (ridge & beside).any():
        is_bare = count >= _MANY and beside.sum() <= _BARE * inked.sum()
        return np.zeros_like(inked) if is_bare else inked
    pen = float(np.median(depth[ridge & beside]))
    if count < _MANY and pen < _WIDER * ruling:
        return inked
    near = ndimage.distance_transform_edt(~beside) <= 2 * ruling + _MARGIN
    kept: NDArray[np.bool_] = beside | (inked & near)
    if count >= _MANY:
        kept = _without_remains(kept, round(ruling + _MARGIN))
    # Lines so pale that next to nothing of them was taken for ink do no harm.
    if (inked & ~kept).sum() <= _PALE * (lines & ~near).sum():
        return inked
    return kept


def _without_remains(kept: NDArray[np.bool_], gap: int) -> NDArray[np.bool_]:
    """What is kept without small pieces far from the large ones; pieces are one across `gap` pixels on each side."""
    from scipy import ndimage

    pieces, _ = ndimage.label(ndimage.binary_dilation(kept, iterations=gap), np.ones((3, 3)))
    boxes = ndimage.find_objects(pieces)
    sizes = np.array([0, *(max(rows.stop - rows.start, columns.stop - columns.start) for rows, columns in boxes)])
    is_large = sizes >= _SMALL * sizes.max()
    apart = ndimage.distance_transform_edt(~is_large[pieces])
    least = ndimage.minimum(apart, pieces, np.arange(len(sizes)))
    return np.asarray(kept & (is_large | (least <= _NEARBY * sizes.max()))[pieces], np.bool_)


def _lines_across(inked: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """The pixels on thin straight lines from the left to the right, and how many such lines lie side by side."""
    height, width = inked.shape
    found = np.zeros_like(inked)
    most = 0
    if min(inked.shape) < _LEAST_SIDE:
        return found, most
    thickest = max(4, round(_THICKEST * max(inked.shape)))
    rows, columns = np.nonzero(inked)
    for slant in np.linspace(-_SLANT, _SLANT, _SLANTS):
        drop = np.rint(slant * (np.arange(width) - width / 2)).astype(np.intp)
        offset = -int(drop.min())
        line = rows + drop[columns] + offset
        count = height + int(drop.max()) + offset
        # How many columns of the picture each line runs through.
        begun = np.cumsum(np.bincount(drop + offset, minlength=count))
        way = begun - np.concatenate([np.zeros(height, np.intp), begun[:-height]])
        covered = (np.bincount(line, minlength=count) >= _COVERED * way) & (way >= _CROSSES * width)
        starts = np.flatnonzero(covered & ~np.concatenate([[False], covered[:-1]]))
        stops = np.flatnonzero(covered & ~np.concatenate([covered[1:], [False]])) + 1
        is_thin = stops - starts <= thickest
        for start, stop in zip(starts[~is_thin], stops[~is_thin], strict=True):
            covered[start:stop] = False
        most = max(most, int(is_thin.sum()))
        on_line = covered[line]
        found[rows[on_line], columns[on_line]] = True
    return found, most


def is_ruled(inked: NDArray[np.bool_]) -> bool:
    """Whether several thin straight lines cross the whole picture side by side, (height, width)."""
    return any(_lines_across(traces)[1] >= _MANY for traces in (inked, inked.T))


def _without_small(inked: NDArray[np.bool_], size: float) -> NDArray[np.bool_]:
    """The pieces whose longer side is at least this many pixels."""
    from scipy import ndimage

    pieces, _ = ndimage.label(inked, np.ones((3, 3)))
    large = [
        max(rows.stop - rows.start, columns.stop - columns.start) >= size
        for rows, columns in ndimage.find_objects(pieces)
    ]
    return np.asarray(np.concatenate([[False], large])[pieces], np.bool_)


def without_frames(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink, (height, width), without pieces that are nothing but a rectangle around others."""
    from scipy import ndimage

    pieces, count = ndimage.label(inked, np.ones((3, 3)))
    if count < 2:
        return inked
    boxes = ndimage.find_objects(pieces)
    frames = []
    for piece, (rows, columns) in enumerate(boxes, 1):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if height < _FRAME_SPANS * inked.shape[0] or width < _FRAME_SPANS * inked.shape[1]:
            continue
        part = pieces[rows, columns] == piece
        inner = part[
            round(_FRAME_RIM * height) : height - round(_FRAME_RIM * height),
            round(_FRAME_RIM * width) : width - round(_FRAME_RIM * width),
        ]
        if float(inner.sum()) < (1 - _FRAME_SHARE) * float(part.sum()):
            frames.append(piece)
    if not frames or len(frames) == count:
        return inked
    kept: NDArray[np.bool_] = inked & ~np.isin(pieces, frames)
    return kept
