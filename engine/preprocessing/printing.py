"""Lines that are printed on the sheet or the screen: ruling, squares, frames. Straight and thin, they are no ink."""

import numpy as np
from numpy.typing import NDArray

_SPANS = 0.9  # of the picture's width or height: a piece of ink that long hangs together by ruling
_DEEPER = 0.6  # by so much the pen is wider than the ruling, at least
_STROKE = 0.05  # of the picture's longer side: the least length of a stroke of that pen
_MARGIN = 1.5  # pixels: the soft edge of the pen, kept
_FRAME_SPANS = 0.5  # of the picture's width and height
_FRAME_RIM = 0.06  # shares of its box within which a frame lies
_FRAME_SHARE = 0.9


def without_ruling(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink without lines that cross the whole picture and are thinner than the pen that wrote across them.

    An opening: what a disc that is clearly wider than the ruling fits into stays. Ink that does not cross the picture
    is left as it is, also where it varies in width, and so is everything where no wider pen is found.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(inked, np.ones((3, 3)))
    spanning = [
        piece + 1
        for piece, (rows, columns) in enumerate(ndimage.find_objects(pieces))
        if rows.stop - rows.start > _SPANS * inked.shape[0] or columns.stop - columns.start > _SPANS * inked.shape[1]
    ]
    if not count or not spanning:
        return inked
    found = np.isin(pieces, spanning)
    # Beyond the picture the ruling goes on.
    depth = ndimage.distance_transform_edt(np.pad(found, 1, mode="edge"))[1:-1, 1:-1]
    ridge = depth[(depth >= ndimage.maximum_filter(depth, 3)) & found]
    # There is more of the ruling than of the pen; where its lines cross each other they are √2 times as deep.
    ruling = float(np.median(ridge))
    least = ruling + max(_DEEPER * ruling, 1.0)
    cores, _ = ndimage.label(depth > least, np.ones((3, 3)))
    strokes = [
        core + 1
        for core, (rows, columns) in enumerate(ndimage.find_objects(cores))
        if max(rows.stop - rows.start, columns.stop - columns.start) > _STROKE * max(inked.shape)
    ]
    if not strokes:
        return inked
    near = ndimage.distance_transform_edt(~np.isin(cores, strokes)) <= least + _MARGIN
    opened: NDArray[np.bool_] = inked & ~(found & ~near)
    return opened


def without_frames(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink without pieces that are nothing but a rectangle around others."""
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
