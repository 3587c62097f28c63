"""Digits made harder step by step: which change a model bears, and from where on it fails.

Severities are those of MNIST-C (N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019),
lengths scaled from 28 to 20 pixels; severity 0 is the digit as it is. Pen width and occlusion, which MNIST-C lacks,
grow in like steps.
"""

from collections.abc import Callable

import numpy as np

from engine.core.parameters import FloatArray
from engine.data.augmentation.rotation import rotate_digits
from engine.errors import ConfigurationError
from engine.ink.digit_image import DIGIT_SIDE

SEVERITIES = 5
_SCALE = DIGIT_SIDE / 28
_MIDDLE = (DIGIT_SIDE - 1) / 2

Change = Callable[[FloatArray, int, np.random.Generator], FloatArray]


def _rotated(images: FloatArray, step: int, rng: np.random.Generator) -> FloatArray:
    degrees = np.rad2deg(0.2 * step) * rng.choice((-1.0, 1.0), len(images))
    return rotate_digits(images, degrees.astype(np.float32))


def _smaller(images: FloatArray, step: int, _rng: np.random.Generator) -> FloatArray:
    from scipy import ndimage

    factor = 1 / (1 - 0.1 * step)
    offset = _MIDDLE - factor * _MIDDLE
    return np.asarray(ndimage.affine_transform(images, (1.0, factor, factor), (0.0, offset, offset), order=1))


def _shifted(images: FloatArray, step: int, rng: np.random.Generator) -> FloatArray:
    from scipy import ndimage

    length, result = step * _SCALE, np.empty_like(images)
    signs = rng.choice((-1, 1), (len(images), 2))
    for down in (-1, 1):
        for right in (-1, 1):
            chosen = (signs == (down, right)).all(axis=1)
            result[chosen] = ndimage.shift(images[chosen], (0.0, down * length, right * length), order=1)
    return result


def _thicker(images: FloatArray, step: int, _rng: np.random.Generator) -> FloatArray:
    from scipy import ndimage

    # A share of the way to the next whole pixel at either side; five steps make a line 2.5 pixels wider.
    whole, part = divmod(step / 2, 1.0)
    for _ in range(int(whole)):
        images = ndimage.grey_dilation(images, (1, 3, 3))
    return np.asarray((1 - part) * images + part * ndimage.grey_dilation(images, (1, 3, 3)) if part else images)


def _noisy(images: FloatArray, step: int, rng: np.random.Generator) -> FloatArray:
    deviation = (0.08, 0.12, 0.18, 0.26, 0.38)[step - 1]
    return np.clip(images + deviation * rng.standard_normal(images.shape), 0.0, 1.0)


def _paler(images: FloatArray, step: int, _rng: np.random.Generator) -> FloatArray:
    means = images.mean(axis=(1, 2), keepdims=True)
    return np.asarray(np.clip((images - means) * (0.4, 0.3, 0.2, 0.1, 0.05)[step - 1] + means, 0.0, 1.0))


def _blurred(images: FloatArray, step: int, _rng: np.random.Generator) -> FloatArray:
    from scipy import ndimage

    deviation = (1, 2, 3, 4, 6)[step - 1] * _SCALE
    return np.asarray(ndimage.gaussian_filter(images, (0.0, deviation, deviation)))


def _covered(images: FloatArray, step: int, rng: np.random.Generator) -> FloatArray:
    side, result = 2 * step, images.copy()
    corners = rng.integers(0, DIGIT_SIDE - side + 1, (len(images), 2))
    for image, (top, left) in zip(result, corners, strict=True):
        image[top : top + side, left : left + side] = 0.0
    return result


# To add a change: a function above and a line here.
CHANGES: dict[str, Change] = {
    "rotation": _rotated,
    "size": _smaller,
    "shift": _shifted,
    "pen width": _thicker,
    "noise": _noisy,
    "contrast": _paler,
    "blur": _blurred,
    "occlusion": _covered,
}


def change_digits(images: FloatArray, change: str, severity: int, seed: int = 0) -> FloatArray:
    """Digits (n, 20, 20) in [0, 1], changed: float32 of the same shape and range; severity 0 gives them as they are.

    Args:
        images: the digits.
        change: a name of `CHANGES`.
        severity: 0 to `SEVERITIES`.
        seed: of signs, noise and places; other images of one call draw other numbers.

    Raises:
        ConfigurationError: there is no such change or severity.
    """
    if change not in CHANGES:
        raise ConfigurationError(f"There is no change {change!r}; there are {', '.join(CHANGES)}.", "change")
    if not 0 <= severity <= SEVERITIES:
        raise ConfigurationError(f"The severity goes from 0 to {SEVERITIES}, not {severity}.", "severity")
    if severity == 0:
        return images
    changed = CHANGES[change](images, severity, np.random.default_rng((seed, severity)))
    return np.clip(changed, 0.0, 1.0).astype(np.float32)
