"""TensorFlow's `image`: pictures (height, width, channels), or a batch of them, changed."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.keras import ops
from engine.keras.random import uniform
from engine.layer_support.picture_sampling import resized
from engine.tf.colors import (
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    hsv_to_rgb,
    random_hue,
    random_saturation,
    rgb_to_hsv,
    stateless,
)
from engine.tf.io import decode_bmp, decode_image, decode_jpeg, decode_png, encode_jpeg, encode_png


def _pictures(image: Any) -> tuple[Any, bool]:
    """A batch, and whether it was a single picture."""
    tensor = ops.convert_to_tensor(image)
    return (tensor[np.newaxis], True) if tensor.ndim == 3 else (tensor, False)


def resize(images: Any, size: Any, method: str = "bilinear", antialias: bool = False) -> Any:
    """Pictures in another size, as fractions."""
    batch, single = _pictures(images)
    batch = batch if batch.dtype.kind == "f" else batch.astype(np.float32)
    made = resized(batch, int(size[0]), int(size[1]), method)
    return made[0] if single else made


def flip_left_right(image: Any) -> Any:
    """Mirrored: left is right."""
    return ops.flip(image, axis=-2)


def flip_up_down(image: Any) -> Any:
    """Mirrored: up is down."""
    return ops.flip(image, axis=-3)


def rot90(image: Any, k: int = 1) -> Any:
    """Turned by k quarters against the clock."""
    return as_tensor(np.rot90(np.asarray(image), k, axes=(-3, -2)))


def transpose(image: Any) -> Any:
    """Rows and columns exchanged."""
    return ops.swapaxes(image, -3, -2)


def random_flip_left_right(image: Any, seed: Any = None) -> Any:
    """Mirrored by chance."""
    return flip_left_right(image) if uniform((), seed=seed) < 0.5 else ops.convert_to_tensor(image)


def random_flip_up_down(image: Any, seed: Any = None) -> Any:
    """Mirrored by chance."""
    return flip_up_down(image) if uniform((), seed=seed) < 0.5 else ops.convert_to_tensor(image)


def adjust_brightness(image: Any, delta: float) -> Any:
    """A number added; to whole numbers so large a part of their range."""
    tensor = ops.convert_to_tensor(image)
    if tensor.dtype.kind == "f":
        return tensor + delta
    top = np.iinfo(tensor.dtype).max
    return np.clip(np.rint(tensor.astype(np.float32) + delta * top), 0, top).astype(tensor.dtype)


def adjust_contrast(images: Any, contrast_factor: float) -> Any:
    """Pixels further from the mean of their channel, or nearer to it."""
    tensor = ops.convert_to_tensor(images)
    values = tensor if tensor.dtype.kind == "f" else tensor.astype(np.float32)
    mean = np.mean(values, axis=(-3, -2), keepdims=True)
    made = (values - mean) * contrast_factor + mean
    return made if tensor.dtype.kind == "f" else np.clip(np.rint(made), 0, 255).astype(tensor.dtype)


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Any:
    """A number between −max_delta and max_delta added."""
    return adjust_brightness(image, float(uniform((), -max_delta, max_delta, seed=seed)))


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """A contrast between two."""
    return adjust_contrast(image, float(uniform((), lower, upper, seed=seed)))


def rgb_to_grayscale(images: Any) -> Any:
    """0.2989·red + 0.587·green + 0.114·blue, (…, 1)."""
    tensor = ops.convert_to_tensor(images)
    values = tensor if tensor.dtype.kind == "f" else tensor.astype(np.float32)
    weights = np.array([0.2989, 0.587, 0.114], values.dtype)
    gray = np.sum(values * weights, axis=-1, keepdims=True)
    return gray if tensor.dtype.kind == "f" else np.rint(gray).astype(tensor.dtype)


def grayscale_to_rgb(images: Any) -> Any:
    """One channel three times."""
    return ops.repeat(images, 3, axis=-1)


def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle, so large a part of each side."""
    height, width = np.shape(image)[-3:-1]
    top, left = int((height - height * central_fraction) / 2), int((width - width * central_fraction) / 2)
    return ops.convert_to_tensor(image)[..., top : height - top, left : width - left, :]


def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Any:
    """A part, from its upper left corner."""
    rows = slice(offset_height, offset_height + target_height)
    return ops.convert_to_tensor(image)[..., rows, offset_width : offset_width + target_width, :]


def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Any:
    """Cut around the middle, or set into zeros."""
    tensor = ops.convert_to_tensor(image)
    for axis, target in ((-3, target_height), (-2, target_width)):
        size = np.shape(tensor)[axis]
        start = max(0, (size - target) // 2)
        tensor = ops.take(tensor, np.arange(start, start + min(size, target)), axis=axis)
        widths = [(0, 0)] * tensor.ndim
        before = max(0, (target - size) // 2)
        widths[axis] = (before, max(0, target - size) - before)
        tensor = np.pad(tensor, widths)
    return tensor


def resize_with_pad(image: Any, target_height: int, target_width: int, method: str = "bilinear") -> Any:
    """In another size with the sides in proportion, set into zeros."""
    height, width = np.shape(image)[-3:-1]
    share = min(target_height / height, target_width / width)
    made = resize(image, (max(1, round(height * share)), max(1, round(width * share))), method)
    return resize_with_crop_or_pad(made, target_height, target_width)


def psnr(a: Any, b: Any, max_val: float) -> Any:
    """10·log₁₀(max_val² / mean of (a − b)²) of each picture, in decibels."""
    difference = ops.subtract(ops.cast(a, "float32"), ops.cast(b, "float32"))
    return 10 * ops.log10(max_val**2 / ops.mean(ops.square(difference), axis=(-3, -2, -1)))


def total_variation(images: Any) -> Any:
    """How much neighboring pixels differ, summed over each picture."""
    tensor = ops.convert_to_tensor(images)
    down, across = tensor[..., 1:, :, :] - tensor[..., :-1, :, :], tensor[..., 1:, :] - tensor[..., :-1, :]
    return ops.sum(ops.abs(down), axis=(-3, -2, -1)) + ops.sum(ops.abs(across), axis=(-3, -2, -1))


def random_crop(value: Any, size: Any, seed: Any = None) -> Any:
    """A part of this size by chance."""
    tensor = ops.convert_to_tensor(value)
    starts = [
        int(float(uniform((), 0, whole - part + 1, seed=seed)))
        for whole, part in zip(np.shape(tensor), size, strict=True)
    ]
    return tensor[tuple(slice(start, start + int(part)) for start, part in zip(starts, size, strict=True))]


def per_image_standardization(image: Any) -> Any:
    """(pixel − mean) / deviation of each picture, the deviation at least 1/√(how many numbers)."""
    tensor = ops.convert_to_tensor(image)
    values = tensor if tensor.dtype.kind == "f" else tensor.astype(np.float32)
    axes = (-3, -2, -1)
    least = float(np.prod(np.shape(values)[-3:])) ** -0.5
    deviation = np.maximum(np.std(values, axis=axes, keepdims=True), least)
    return (values - np.mean(values, axis=axes, keepdims=True)) / deviation


def convert_image_dtype(image: Any, dtype: Any) -> Any:
    """Whole numbers as fractions of their largest, and back."""
    tensor, wanted = ops.convert_to_tensor(image), np.dtype(dtype)
    if tensor.dtype.kind != "f" and wanted.kind == "f":
        return tensor.astype(wanted) / np.iinfo(tensor.dtype).max
    if tensor.dtype.kind == "f" and wanted.kind != "f":
        return np.clip(tensor * (np.iinfo(wanted).max + 0.5), 0, np.iinfo(wanted).max).astype(wanted)
    return tensor.astype(wanted)


stateless_random_brightness, stateless_random_contrast = stateless(random_brightness), stateless(random_contrast)
stateless_random_hue, stateless_random_saturation = stateless(random_hue), stateless(random_saturation)
stateless_random_flip_left_right = stateless(random_flip_left_right)
stateless_random_flip_up_down, stateless_random_crop = stateless(random_flip_up_down), stateless(random_crop)
ResizeMethod = SimpleNamespace(
    BILINEAR="bilinear", NEAREST_NEIGHBOR="nearest", BICUBIC="bicubic", LANCZOS3="lanczos3", LANCZOS5="lanczos5"
)

__all__ = [
    "ResizeMethod",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "central_crop",
    "convert_image_dtype",
    "crop_to_bounding_box",
    "decode_bmp",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "encode_jpeg",
    "encode_png",
    "flip_left_right",
    "flip_up_down",
    "grayscale_to_rgb",
    "hsv_to_rgb",
    "per_image_standardization",
    "psnr",
    "random_brightness",
    "random_contrast",
    "random_crop",
    "random_flip_left_right",
    "random_flip_up_down",
    "random_hue",
    "random_saturation",
    "resize",
    "resize_with_crop_or_pad",
    "resize_with_pad",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "rot90",
    "stateless_random_brightness",
    "stateless_random_contrast",
    "stateless_random_crop",
    "stateless_random_flip_left_right",
    "stateless_random_flip_up_down",
    "stateless_random_hue",
    "stateless_random_saturation",
    "total_variation",
    "transpose",
]  # fmt: skip
