"""Ink on paper in uneven light: how far each pixel of a photograph is from what the paper would look like there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray

FAINTEST_UNEVEN = 0.1  # contrast of the faintest ink on an uneven background
_FAINTEST_USUAL = 0.08  # … and the usual contrast of it
_NOISE_FACTOR = 8  # ink has to stand out of the noise by this many standard deviations
_SMOOTHER = 1.6  # pixels: by this the picture is smoothed where noise hides the ink
_MEDIAN_SIDE = 64  # pixels of the longer side, to which pictures are reduced to find the usual level
_MEDIAN_SHARE = 0.35  # of that: the window of the median
_RIM_SHARE = 0.12  # of each side, where the polarity of the ink is not looked for
_CLEAR = 1.5  # times more energy in dark than in light differences, or the other way round, is a clear answer
_WINDOW_SHARES = (0.025, 0.05, 0.1, 0.3)  # of the picture's longer side: windows in which background is looked for
_DARKEST_PAPER = 0.25  # brightness below which contrast is not measured in shares of it: noise would be ink
_RING = (3, 5)  # pixels around what was found, where a wider pen's ink would go on
_MOST_LEAK = 0.2  # share of that ring that may be ink without doubt about the window
_STRONGER = 1.4  # times the contrast: what a wider window finds is the ink, and what this one found were printed lines
_STRONGER_AREA = 0.3  # … if there is this much of it


@dataclass(frozen=True, slots=True, eq=False)
class _WindowContrast:
    """What one window finds.

    Attributes:
        contrast: (height, width) of each pixel, for dark ink as a share of the paper's brightness; zeros where nothing
            stands out.
        inked: where the contrast is more than half the greatest; nowhere, where that is not ink.
        full: the usual contrast there.
        is_thin: whether what was found is narrower than the window.
    """

    contrast: FloatArray
    inked: NDArray[np.bool_]
    full: float
    is_thin: bool


def contrast_on_uneven_paper(levels: FloatArray) -> FloatArray:
    """The contrast of each pixel of a photograph to its paper, (height, width); zeros where no ink stands out.

    The paper's brightness is what a window wider than the pen but narrower than shadows takes for background. Closing
    (the greatest, then the least level of a window) fills every dark line that is narrower than the window and leaves
    ramps and straight edges of shadows exactly as they are; so the smallest window is best that is clearly wider than
    the pen. A window that is too small finds the ends and corners of the ink alone: a wider one then sees the ink
    go on around them. On ruled paper it finds the ruling alone: a wider one then sees stronger ink.

    Args:
        levels: (height, width, channels) in [0, 1].
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(levels, (0.8, 0.8, 0))
    is_dark = _ink_is_dark(smooth.mean(axis=2))
    # Coloured ink is darkest in one of the channels; light ink is turned into dark ink.
    contrast = _best_contrast(smooth.min(axis=2) if is_dark else 1 - smooth.max(axis=2), is_dark)
    if contrast.any():
        return contrast
    # In the dark each channel is noisy: their mean is less so, and the mean of neighbours.
    grey = ndimage.gaussian_filter(levels.mean(axis=2), _SMOOTHER)
    return _best_contrast(grey if is_dark else 1 - grey, is_dark)


def _best_contrast(shade: FloatArray, is_dark: bool) -> FloatArray:
    """The contrast that the smallest window finds that sees the ink whole; zeros where none finds any."""
    found = [_contrast_in_window(shade, _odd(share * max(shade.shape)), is_dark) for share in _WINDOW_SHARES]
    for place, narrow in enumerate(found):
        if not narrow.is_thin:
            continue
        ring = _ring(narrow.inked)
        wider = [other for other in found[place + 1 :] if other.is_thin]
        if not any(_goes_on(narrow, ring, other) or _is_stronger(narrow, other) for other in wider):
            return narrow.contrast
    return found[-1].contrast


def _contrast_in_window(shade: FloatArray, window: int, is_dark: bool) -> _WindowContrast:
    from scipy import ndimage

    paper = _closed(shade, window)
    depth = paper - shade
    # Most pixels are paper, so the median is the noise's offset, and deviations from it are the noise.
    typical = float(np.median(depth))
    spread = 1.4826 * float(np.median(np.abs(depth - typical)))
    depth = np.maximum(depth - np.float32(typical), 0)
    # Light falls on ink and paper alike: relative to the paper, ink in a shadow is as dark as in the sun.
    contrast = (depth / np.maximum(paper, np.float32(_DARKEST_PAPER)) if is_dark else depth).astype(np.float32)
    peak = float(contrast[depth > _NOISE_FACTOR * spread].max(initial=0.0))
    if not peak > FAINTEST_UNEVEN:
        return _WindowContrast(np.zeros_like(contrast), np.zeros(contrast.shape, np.bool_), 0.0, False)
    inked = contrast > peak / 2
    full = float(np.median(contrast[inked]))
    if full < _FAINTEST_USUAL:
        # A few noisy pixels, and next to nothing around them.
        return _WindowContrast(np.zeros_like(contrast), np.zeros(contrast.shape, np.bool_), 0.0, False)
    (box,) = ndimage.find_objects(inked.astype(np.uint8))
    inside = ndimage.distance_transform_edt(np.pad(inked[box], 1))
    is_thin = 4 * float(inside[inside > 0].mean()) < window / 2
    return _WindowContrast(contrast, inked, full, is_thin)


def _closed(shade: FloatArray, window: int) -> FloatArray:
    """The closing of the picture as if light and shadow went on beyond its rim.

    The picture is turned about each point of its rim: ramps, edges of shadows and strokes go on where they were going.
    Otherwise the dark end of every ramp would seem to be ink, half a window wide.
    """
    from scipy import ndimage

    beyond = np.pad(shade, window, mode="reflect", reflect_type="odd")
    closed: FloatArray = ndimage.grey_closing(beyond, (window, window))[window:-window, window:-window]
    return closed


def _ring(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels at some distance around what was found."""
    from scipy import ndimage

    (box,) = ndimage.find_objects(inked.astype(np.uint8))
    near = tuple(slice(max(0, side.start - _RING[1]), side.stop + _RING[1]) for side in box)
    apart = ndimage.distance_transform_edt(~inked[near])
    ring = np.zeros_like(inked)
    ring[near] = (apart > _RING[0]) & (apart <= _RING[1])
    return ring


def _goes_on(narrow: _WindowContrast, ring: NDArray[np.bool_], wider: _WindowContrast) -> bool:
    """Whether a wider window sees ink around what was found."""
    return bool(ring.any()) and float(np.mean(wider.contrast[ring] > narrow.full / 2)) > _MOST_LEAK


def _is_stronger(narrow: _WindowContrast, wider: _WindowContrast) -> bool:
    """Whether a wider window sees ink besides which what was found is pale."""
    is_enough = float(wider.inked.sum()) > _STRONGER_AREA * float(narrow.inked.sum())
    return is_enough and wider.full > _STRONGER * narrow.full


def _ink_is_dark(grey: FloatArray) -> bool:
    """Whether the ink is darker than the paper: what differs from the usual level around it is.

    Ink covers less than half of any large window, so the median there is the paper's level; gaps between lines, which
    are paper too, don't differ from it, and neither do ramps and edges of shadows. Where neither dark nor light stands
    out, the ink is what the rim is not.
    """
    from scipy import ndimage

    step = max(1, round(max(grey.shape) / _MEDIAN_SIDE))
    top, left = (min(step // 2, side - 1) for side in grey.shape)
    coarse = ndimage.uniform_filter(grey, step, mode="nearest")[top::step, left::step]
    window = _odd(_MEDIAN_SHARE * max(coarse.shape))
    usual = ndimage.median_filter(coarse, size=window, mode="nearest")
    rows = np.minimum(np.arange(grey.shape[0]) // step, usual.shape[0] - 1)
    columns = np.minimum(np.arange(grey.shape[1]) // step, usual.shape[1] - 1)
    difference = grey - ndimage.uniform_filter(usual[rows][:, columns], step, mode="nearest")
    # Near the rim the median is half a guess, and the table may be seen beside the sheet.
    rim_rows, rim_columns = (int(_RIM_SHARE * side) for side in grey.shape)
    inner = difference[rim_rows : grey.shape[0] - rim_rows, rim_columns : grey.shape[1] - rim_columns]
    dark, light = (float(np.square(part[part > FAINTEST_UNEVEN]).sum()) for part in (-inner, inner))
    if max(dark, light) > _CLEAR * min(dark, light):
        return dark > light
    lowest, highest = np.percentile(grey, [0.5, 99.5])
    return bool(np.median(rim_of(grey)) >= (lowest + highest) / 2)


def rim_of(values: FloatArray) -> FloatArray:
    """The outermost pixels of (height, width, …), (count, …)."""
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])


def _odd(size: float) -> int:
    return max(3, int(size) | 1)
