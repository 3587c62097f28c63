"""Separating ink from its background: clean pictures, photographs, specks, and what lies at the picture's rim."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink.digit_image import DIGIT_SIDE
from engine.ink.photos.background import FAINTEST_UNEVEN, contrast_on_uneven_paper, rim_of
from engine.ink.photos.ruling import is_ruled, without_frames, without_ruling
from engine.ink.photos.small_digits import SMALL, enlarged
from engine.ink.photos.tight_crop import contrast_of_tight_crop

_CLEAN_LEVEL = 2.5 / 255  # a clean background keeps within this of its own colour …
_BOTH = 0.03  # of the energy of what differs: as much on the other side is no ringing of a decoder
_CLEAN_SHARE = 0.5  # … on at least this share of the rim
_FAINTEST = 0.02  # contrast of the faintest ink on a clean background
_FULL = 0.98  # contrast of a digit image that needs no stretching
_LEAST = 5  # pixels of a digit's longer side: smaller ones are specks
_THIN = 2.5  # pixels: a narrower line falls to pieces where it lies between pixels
_OUTLINE = 0.025  # of the picture's longer side: ink ends within this …
_SOFT_PEN = 0.5  # … or within this of the pen's width …
_SHARP = 0.75  # … by so much of its darkness at least
_DARK = 0.75  # of the greatest contrast: ink for certain
_HALF_TONE = (0.15, 0.75)  # of the ink's contrast: shadows have such
_BROAD = 0.014  # of the picture's longer side: over that width a shadow has its full tone
_LEAST_BROAD = 0.15  # of the ink's area
_ONE_TONE = 0.15  # of the ink's contrast, within which most of the shadow lies
_LONG = 0.12  # of the picture's longer side: a piece of ink, not a crossing
_FINE = 0.05  # of the drawing's longer side: as narrow a line has no counters that widening could close
_FAINT = 0.15  # of full ink: printed lines are looked for among all that is darker
_RIM_SHARE = 0.4  # a piece that covers this share of a side is the table's edge, if there is ink elsewhere
_SPECK_AREA = 0.03  # of the largest piece of ink: a smaller piece is a speck …
_SPECK_SIZE = 0.12  # … unless its longer side is more than this share of the largest piece's


def small_clean_ink(levels: FloatArray) -> FloatArray | None:
    """The digit image (20, 20) of a small picture (height, width, channels) on a clean background; else None.

    Clean means: a background of exactly one grey level, and ink on one side of it only. Where the longer side of the
    box around the ink is 18 to 20 pixels (MNIST's are 19 or 20), nothing is lost; ink of 5 to 17 is enlarged.
    """
    grey = levels.mean(axis=2)
    rim = rim_of(grey)
    background = float(np.median(rim))
    if np.mean(np.abs(rim - background) < 1e-6) < _CLEAN_SHARE:
        return None
    difference = grey - np.float32(background)
    lighter, darker = float(difference.max()), -float(difference.min())
    if min(lighter, darker) > 1e-6 or max(lighter, darker) < _FAINTEST:
        return None
    ink = np.abs(difference)
    ink[ink < 1e-6] = 0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    height, width = int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)
    if not _LEAST <= max(height, width) <= DIGIT_SIDE:
        return None
    cropped = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(height, width) < SMALL:
        return enlarged(cropped)
    digit = np.zeros((DIGIT_SIDE, DIGIT_SIDE), np.float32)
    top, left = (DIGIT_SIDE - height) // 2, (DIGIT_SIDE - width) // 2
    digit[top : top + height, left : left + width] = cropped
    peak = float(digit.max())
    # Some of MNIST's digits have no pixel of the very last level: they are left as they are.
    return digit if peak > _FULL else digit / np.float32(peak)


def extract_ink(levels: FloatArray) -> FloatArray | None:
    """How much ink each pixel holds, or None for a blank picture.

    Args:
        levels: (height, width, channels) in [0, 1].

    Returns:
        (height, width) float32 in [0, 1]; 0 exactly away from the ink.
    """
    from scipy import ndimage

    tight = contrast_of_tight_crop(levels) if _is_uneven(levels) else None
    contrast, faintest = _contrast(levels) if tight is None else (tight, FAINTEST_UNEVEN)
    peak = float(contrast.max())
    if not peak > faintest:
        return None
    # The usual darkness of the ink, so that a few glossy or noisy pixels don't set the scale.
    full = float(np.median(contrast[contrast > peak / 2]))
    ink = np.clip((contrast / np.float32(full) - 0.15) / 0.7, 0, 1).astype(np.float32)
    kept = _kept(ink, tight is not None)
    if _is_thin(kept):
        ink = ndimage.maximum_filter(ink, 3)
        kept = _kept(ink, tight is not None)
    if not kept.any():
        return None
    # The soft edge of what is kept lies within two pixels of it.
    return np.where(ndimage.binary_dilation(kept, iterations=2), ink, np.float32(0))


def pen_width(inked: NDArray[np.bool_]) -> float:
    """The usual width of the lines of a mask (height, width), in pixels; 0.0 without any.

    Across a line of width w, the distance to the outline goes from 0 to w / 2: its mean is w / 4.
    """
    from scipy import ndimage

    if not inked.any():
        return 0.0
    (box,) = ndimage.find_objects(inked.astype(np.uint8))
    part = np.pad(inked[box], 1)
    return 4 * (float(ndimage.distance_transform_edt(part)[part].mean()) - 0.5)


def crop_to_ink(ink: FloatArray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right (ends excluded) of the box in (height, width) around pixels at least half ink."""
    top, bottom, left, right = _box_of(ink > 0.5)
    return max(top - 1, 0), min(bottom + 1, ink.shape[0]), max(left - 1, 0), min(right + 1, ink.shape[1])


def _box_of(inked: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _contrast(levels: FloatArray) -> tuple[FloatArray, float]:
    """How far each pixel is from its background, and the contrast that ink has to exceed."""
    background = np.median(rim_of(levels), axis=0)
    deviation = np.abs(rim_of(levels) - background).max(axis=1)
    if np.mean(deviation <= _CLEAN_LEVEL) >= _CLEAN_SHARE:
        contrast = np.abs(levels - background).max(axis=2)
        # Painted pictures have exactly one background; there, even the faintest ink was meant.
        is_exact = np.mean(deviation < 1e-6) >= _CLEAN_SHARE
        if not is_exact and _is_both(levels - background):
            return contrast_on_uneven_paper(levels), FAINTEST_UNEVEN
        faintest = _FAINTEST if is_exact else FAINTEST_UNEVEN
        contrast = np.where(contrast <= _CLEAN_LEVEL, np.float32(0), contrast)
        return (_without_half_tone(contrast) if float(contrast.max()) > faintest else contrast), faintest
    return contrast_on_uneven_paper(levels), FAINTEST_UNEVEN


def _is_uneven(levels: FloatArray) -> bool:
    """Whether the picture's rim is not of one colour."""
    rim = rim_of(levels)
    return float(np.mean(np.abs(rim - np.median(rim, axis=0)).max(axis=1) <= _CLEAN_LEVEL)) < _CLEAN_SHARE


def _without_half_tone(contrast: FloatArray) -> FloatArray:
    """The contrast above that of broad areas of one half-tone, such as a shadow, where there is darker ink besides.

    Where a transparent pen crosses itself it is darker, too, but only in spots.
    """
    from scipy import ndimage

    peak = float(contrast.max())
    dark = contrast > _DARK * peak
    full = float(np.median(contrast[dark]))
    window = max(5, round(_BROAD * max(contrast.shape)))
    between = (contrast > _HALF_TONE[0] * full) & (contrast < _HALF_TONE[1] * full)
    broad = ndimage.minimum_filter(between, window)
    area = int(broad.sum())
    if area < _LEAST_BROAD * dark.sum():
        return contrast
    low, tone, high = np.percentile(contrast[broad], [20, 50, 80])
    pieces, _ = ndimage.label(dark)
    longest = max(max(side.stop - side.start for side in box) for box in ndimage.find_objects(pieces))
    if high - low > _ONE_TONE * full or longest < _LONG * max(contrast.shape):
        return contrast
    return np.asarray(np.maximum(contrast - np.float32(tone), 0))


def _is_both(difference: FloatArray) -> bool:
    """Whether much is lighter than the background, and much is darker: ink, and a glare or a shadow."""
    grey = difference.mean(axis=2)
    lighter, darker = (float(np.square(part[part > FAINTEST_UNEVEN]).sum()) for part in (grey, -grey))
    return min(lighter, darker) > _BOTH * max(lighter, darker)


def _kept(ink: FloatArray, is_tight: bool) -> NDArray[np.bool_]:
    """What is ink of the digit; in a closely cut picture also what lies along the rim, but for printed lines."""
    if is_tight:
        inked = ink > 0.5
        # A single straight line at the rim is the table's edge, which is found as a piece; and where ruling is what
        # touches the rim, the ink does not.
        return _without_specks(without_ruling(inked), False) if is_ruled(inked) else _without_specks(inked, True)
    return _without_soft(ink, _without_specks(without_ruling(without_frames(ink > 0.5), ink > _FAINT), is_tight))


def _without_soft(ink: FloatArray, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pieces whose outline is at least as sharp as that of ink out of focus: the rest is light or shadow."""
    from scipy import ndimage

    pieces, count = ndimage.label(kept, np.ones((3, 3)))
    if not count:
        return kept
    # A small picture that was enlarged is soft by a few of its own pixels, which are a share of the pen's width.
    around = max(3, round(_OUTLINE * max(ink.shape)), round(_SOFT_PEN * pen_width(kept)))
    outline = kept & ~ndimage.binary_erosion(kept, border_value=1)
    rise = ndimage.maximum_filter(ink, around) - ndimage.minimum_filter(ink, around)
    # A piece that fills the picture has no outline.
    usual = ndimage.median(rise, np.where(outline, pieces, 0), np.arange(1, count + 1))
    is_sharp = np.concatenate([[False], ~(np.asarray(usual) < _SHARP)])
    return np.asarray(is_sharp[pieces], np.bool_)


def _is_thin(inked: NDArray[np.bool_]) -> bool:
    """Whether the pen is so narrow that lines fall to pieces, and narrow for the drawing, too."""
    from scipy import ndimage

    if not inked.any():
        return False
    # The holes of a line that is dithered or grainy don't make it thin.
    width = pen_width(ndimage.binary_closing(inked, iterations=2))
    top, bottom, left, right = _box_of(inked)
    return width < min(_THIN, _FINE * max(bottom - top, right - left))


def _without_specks(inked: NDArray[np.bool_], is_tight: bool) -> NDArray[np.bool_]:
    """The pieces of ink without specks, and unless cut closely without a table's dark edge along the picture's rim."""
    from scipy import ndimage

    pieces, count = ndimage.label(inked, np.ones((3, 3)))
    if count <= 1:
        return inked
    boxes = ndimage.find_objects(pieces)
    areas = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
    sizes = np.array([max(rows.stop - rows.start, columns.stop - columns.start) for rows, columns in boxes])
    # Shares of each side of the picture that a piece covers.
    sides = (pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1])
    covered = np.max([np.bincount(side, minlength=count + 1)[1:] / len(side) for side in sides], axis=0)
    along_rim = covered > _RIM_SHARE
    if is_tight and not along_rim.all() and covered[np.where(along_rim, 0, areas).argmax()] > 0:
        # The rest of the ink touches the rim as well: all of it is the digit.
        along_rim[:] = False
    if along_rim.any() and not along_rim.all():
        inner = areas[~along_rim].max() > 0.02 * areas.max() and sizes[~along_rim].max() > 0.05 * max(inked.shape)
        if not inner:
            along_rim[:] = False
    else:
        along_rim[:] = False
    # The corner of a shadow that the picture cuts off looks like a stroke; a digit seldom touches the rim.
    at_rim = (covered > 0) & (not is_tight)
    if not at_rim.all():
        along_rim |= at_rim & (areas < areas[~at_rim].max())
    candidates = ~along_rim
    largest_area, largest_size = areas[candidates].max(), sizes[candidates].max()
    kept = candidates & ((areas >= _SPECK_AREA * largest_area) | (sizes > _SPECK_SIZE * largest_size))
    return np.asarray(np.concatenate([[False], kept])[pieces])
