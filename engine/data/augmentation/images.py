"""Varying training images: every epoch sees each digit a little turned, scaled, slanted and moved."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data.augmentation.sampling import sample_bilinear
from engine.errors import ShapeError
from engine.ink.digit_image import DIGIT_SIDE

_CHUNK = 256  # images at a time: all temporaries stay in the processor's cache


@dataclass(frozen=True, slots=True)
class ImageVariation:
    """How far images are varied; each amount is drawn evenly from its range, independently for each image.

    Attributes:
        rotation: degrees to either side.
        shear: horizontal slant to either side, in pixels a pixel.
        scale: least and greatest factor, drawn for each axis by itself. The ink fills the digit image already, so
            enlarging cuts it.
        shift: pixels to either side, for each axis.
        unchanged: share of the images that stay as they are.
        refit: bring the varied ink back to the digit image, as the path from ink to features does with every drawing:
            its longer side fills the digit image, centred. `shift` and the common part of `scale` then have no effect.
        elastic: standard deviation, in pixels, of a smooth random displacement of every pixel.
    """

    rotation: float = 12.0
    shear: float = 0.2
    scale: tuple[float, float] = (0.85, 1.05)
    shift: float = 1.0
    unchanged: float = 0.2
    refit: bool = False
    elastic: float = 0.0

    def at_strength(self, strength: float) -> "ImageVariation":
        """As far as this times a factor; 0 changes nothing but what `refit` does."""
        if strength == 1:
            return self
        low, high = self.scale
        return replace(
            self,
            rotation=self.rotation * strength,
            shear=self.shear * strength,
            scale=(max(0.2, 1 - (1 - low) * strength), 1 + (high - 1) * strength),
            shift=self.shift * strength,
            elastic=self.elastic * strength,
        )


USUAL_VARIATION = ImageVariation()
# What a digit image can become on its way from another hand: varied, bent, and fitted to the digit image again.
REFITTED_VARIATION = ImageVariation(
    rotation=15.0, shear=0.25, scale=(0.85, 1.18), shift=0.0, unchanged=0.1, refit=True, elastic=0.5
)


def augment_images(
    images: FloatArray,
    rng: np.random.Generator,
    out: FloatArray | None = None,
    variation: ImageVariation = USUAL_VARIATION,
) -> FloatArray:
    """Randomly rotated, scaled, slanted and shifted copies of images.

    Each output pixel is read from the image at the place that the inverse map gives, between four neighbours
    (bilinear interpolation); beyond the image is background.

    Args:
        images: (batch, 20, 20), (batch, 20, 20, 1) or (batch, 400) float32; not changed.
        rng: where the amounts come from; the same state gives the same result.
        out: where to put the result, shaped like `images`, contiguous, float32 and not `images` itself.
        variation: how far to go.

    Returns:
        An array like `images`.

    Raises:
        ShapeError: the images are not 20×20.
    """
    if images.ndim not in (2, 3, 4) or images.size != len(images) * DIGIT_SIDE * DIGIT_SIDE:
        raise ShapeError(f"Images to vary are (batch, 20, 20), not {images.shape}.")
    result: FloatArray = np.empty(images.shape, np.float32) if out is None else out
    if result.shape != images.shape or result.dtype != np.float32 or not result.flags.c_contiguous:
        raise ShapeError(f"The result has to be a contiguous float32 array of shape {images.shape}.")
    source = images.reshape(-1, DIGIT_SIDE, DIGIT_SIDE)
    target = result.reshape(-1, DIGIT_SIDE * DIGIT_SIDE)
    changed = rng.random(len(images)) >= variation.unchanged
    maps = inverse_maps(len(images), rng, variation, changed)
    if variation.refit:
        maps = _refitted(source, maps, changed)
    affine = maps.astype(np.float32)
    for start in range(0, len(images), _CHUNK):
        part = slice(start, start + _CHUNK)
        bend = _displacements(rng, variation.elastic, changed[part]) if variation.elastic else None
        _warp(source[part], affine[part], bend, target[part])
    return result


@dataclass(frozen=True, slots=True)
class ImageAugmentation:
    """`augment_images` with a variation, as a training takes it, and as it can be turned up and down meanwhile.

    Attributes:
        variation: how far to go.
    """

    variation: ImageVariation = USUAL_VARIATION

    def __call__(self, images: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Varied copies of images, (batch, 20, 20) or (batch, 20, 20, 1) or (batch, 400)."""
        return augment_images(images, rng, None, self.variation)

    def at_strength(self, strength: float) -> "ImageAugmentation":
        """The same, so many times as far."""
        return ImageAugmentation(self.variation.at_strength(strength))


def inverse_maps(
    count: int, rng: np.random.Generator, variation: ImageVariation, changed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(count, 2, 3): for each image the affine map from output (x, y, 1) to source (x, y), in pixels."""
    draws = rng.uniform(-1.0, 1.0, (count, 6))
    angle = np.radians(variation.rotation) * draws[:, 0]
    shear = variation.shear * draws[:, 1]
    low, high = variation.scale
    scale_x, scale_y = (np.where(changed, (low + high) / 2 + (high - low) / 2 * draws[:, i], 1.0) for i in (2, 3))
    angle, shear = angle * changed, shear * changed
    cosine, sine = np.cos(angle), np.sin(angle)
    # Source = Shear · Rotation · (output - middle - shift) / scale + middle.
    maps = np.empty((count, 2, 3))
    maps[:, 0, 0] = (cosine + shear * sine) / scale_x
    maps[:, 0, 1] = (-sine + shear * cosine) / scale_y
    maps[:, 1, 0] = sine / scale_x
    maps[:, 1, 1] = cosine / scale_y
    middle = (DIGIT_SIDE - 1) / 2
    origin = middle + variation.shift * draws[:, 4:6] * changed[:, None]
    maps[:, :, 2] = middle - (maps[:, :, :2] @ origin[:, :, None])[:, :, 0]
    return maps


def _refitted(images: FloatArray, maps: NDArray[np.float64], changed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The maps followed by the fit to the digit image: the varied ink's longer side is 20, its box in the middle.

    A row's varied ink ends where its leftmost or rightmost pixel goes, so 2 × 20 points an image give the box.
    """
    middle = (DIGIT_SIDE - 1) / 2
    ink: NDArray[np.bool_] = np.greater(images, _INK)
    inked_rows: NDArray[np.bool_] = np.any(ink, axis=2)
    ends = np.stack([ink.argmax(axis=2), DIGIT_SIDE - 1 - ink[:, :, ::-1].argmax(axis=2)]) - middle
    rows = np.arange(DIGIT_SIDE) - middle
    forward = np.linalg.inv(maps[:, :, :2])
    lower, upper = np.empty((2, len(images), 2))
    for axis in (0, 1):
        places = forward[:, axis, :1] * ends + forward[:, axis, 1:] * rows
        lower[:, axis] = np.where(inked_rows, places, np.inf).min(axis=(0, 2))
        upper[:, axis] = np.where(inked_rows, places, -np.inf).max(axis=(0, 2))
    changed = changed & np.any(inked_rows, axis=1)
    lower[~changed], upper[~changed] = -middle, middle
    scale = ((upper - lower).max(axis=1) + 1) / DIGIT_SIDE
    fitted = np.empty_like(maps)
    fitted[:, :, :2] = maps[:, :, :2] * scale[:, None, None]
    # The output's middle comes from the middle of the varied box.
    box_middle = (lower + upper) / 2 - middle * scale[:, None]
    fitted[:, :, 2] = middle + (maps[:, :, :2] @ box_middle[:, :, None])[:, :, 0]
    return fitted


def _displacements(rng: np.random.Generator, deviation: float, changed: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(2, count, 400) float32: a smooth displacement field for x and one for y, zero where unchanged."""
    knots = rng.standard_normal((2, len(changed), _BUMPS.shape[0]), np.float32)
    knots *= np.float32(deviation) * changed[:, None]
    return np.asarray(knots @ _BUMPS, np.float32)


_Y, _X = (axis.ravel().astype(np.float32) for axis in np.indices((DIGIT_SIDE, DIGIT_SIDE)))
_INK = 0.3  # fainter pixels are the rim of a line, not its place


def _smooth_bumps() -> NDArray[np.float32]:
    """(25, 400): Gaussian bumps on a 5 × 5 grid; random sums of them have variance one everywhere."""
    places = np.arange(DIGIT_SIDE) - (DIGIT_SIDE - 1) / 2
    knots = np.linspace(places[0], places[-1], 5)
    bumps = np.exp(-0.5 * ((places[:, None] - knots) / (DIGIT_SIDE / 5)) ** 2)
    bumps /= np.sqrt((bumps**2).sum(axis=1, keepdims=True))
    return np.asarray(np.einsum("yi,xj->ijyx", bumps, bumps).reshape(25, DIGIT_SIDE * DIGIT_SIDE), np.float32)


_BUMPS = _smooth_bumps()


def _warp(images: FloatArray, maps: NDArray[np.float32], bend: NDArray[np.float32] | None, target: FloatArray) -> None:
    """Read every image through its map, and its displacement field if there is one, into `target`, (count, 400)."""
    places = []
    for axis in (0, 1):
        place = maps[:, axis, :1] * _X
        place += maps[:, axis, 1:2] * _Y
        place += maps[:, axis, 2:]
        if bend is not None:
            place += bend[axis]
        places.append(place)
    sample_bilinear(images, places[0], places[1], target)
