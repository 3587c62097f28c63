"""A picture that is cut so closely that its ink touches the rim or nearly so, with hardly any paper around it.

Windows take the paper beyond the rim to go on as the picture ends, and a stroke along the rim for paper. Here the light
is one smooth surface, fitted to whatever is not ink; that fails in shadows, so it counts only where it leaves two
levels, paper and lines, and next to nothing between them.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray

_ROUNDS = 4
_DARKEST_PAPER = 0.25
_LEAST_CONTRAST = 0.25
_MOST_INK = 0.55  # of the picture
_MOST_NOISE = 0.12  # standard deviation of the paper, in contrasts of the ink
_BETWEEN = (0.25, 0.7)  # of the ink's contrast: the soft outline, a shadow, a half-tone
_MOST_BETWEEN = 1.2  # pixels of these for each pixel of the outline
_NEAR = 0.08  # of the longer side: ink that comes as near to the rim disturbs the windows
_EDGE, _LEAST_INSIDE = 0.12, 0.05  # shares of each side that are its rim, and of the ink that lies elsewhere
_BROADEST = 0.3  # of the longer side: a pen's stroke is narrower, a table or a finger is not
# The powers of y and of x in the terms of a surface of second order.
_ACROSS, _ALONG = np.array([(0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0)]).T


def contrast_of_tight_crop(levels: FloatArray) -> FloatArray | None:
    """The contrast (height, width) of each pixel of a closely cut picture to its paper; None of any other picture.

    Args:
        levels: (height, width, channels) in [0, 1].
    """
    if min(levels.shape[:2]) < 8:
        return None
    dark, light = levels.min(axis=2), 1 - levels.max(axis=2)
    for shade in (dark, light):
        contrast = _contrast(shade)
        if contrast is not None:
            return contrast
    return None


def _contrast(shade: FloatArray) -> FloatArray | None:
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(shade, 0.8)
    rows, columns = (np.vander(np.linspace(-1, 1, length), 5, increasing=True) for length in shade.shape)
    is_paper = smooth > (float(smooth.min()) + float(np.percentile(smooth, 95))) / 2
    for _ in range(_ROUNDS):
        if is_paper.mean() < 1 - _MOST_INK:
            return None
        paper = np.maximum(_smooth_surface(smooth, is_paper, rows, columns), _DARKEST_PAPER)
        contrast = np.asarray((paper - smooth) / paper, np.float32)
        ink = contrast > max(_LEAST_CONTRAST, 0.5 * float(np.percentile(contrast, 99)))
        if not ink.any():
            return None
        full = float(np.median(contrast[ink]))
        is_paper = contrast < full / 2
    inked = ~is_paper
    if full < _LEAST_CONTRAST or inked.mean() > _MOST_INK or not _is_near_rim(inked):
        return None
    outline = inked & ~ndimage.binary_erosion(inked, border_value=1)
    between = (contrast > _BETWEEN[0] * full) & (contrast < _BETWEEN[1] * full)
    if between.sum() > _MOST_BETWEEN * outline.sum() or float(contrast[is_paper].std()) > _MOST_NOISE * full:
        return None
    widest = 2 * float(ndimage.distance_transform_edt(inked).max())
    return np.maximum(contrast, 0) if widest < _BROADEST * max(shade.shape) else None


def _smooth_surface(
    levels: FloatArray, where: NDArray[np.bool_], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(height, width): the surface of second order that is nearest to the levels (height, width) at some pixels.

    The normal equations are made of moments, products of small matrices: a tenth of the time that the terms of every
    pixel would take. `rows` and `columns` are the powers 0 to 4 of y and x, (height, 5) and (width, 5).
    """
    moments = rows.T @ where @ columns
    known = rows[:, :3].T @ np.where(where, levels, 0) @ columns[:, :3]
    weights = np.zeros((3, 3))
    weights[_ACROSS, _ALONG] = np.linalg.solve(
        moments[np.add.outer(_ACROSS, _ACROSS), np.add.outer(_ALONG, _ALONG)], known[_ACROSS, _ALONG]
    )
    return np.asarray(rows[:, :3] @ weights @ columns[:, :3].T)


def _is_near_rim(inked: NDArray[np.bool_]) -> bool:
    """Whether some of the ink lies near the rim, but not all of it along the sides, as a table's edge does."""
    near = 1 + round(_NEAR * max(inked.shape))
    rows, columns = (round(_EDGE * length) for length in inked.shape)
    inside = inked[rows : inked.shape[0] - rows, columns : inked.shape[1] - columns]
    inner, every = inked[near:-near, near:-near].sum(), inked.sum()
    return bool(inner < every and inside.sum() > _LEAST_INSIDE * every)
