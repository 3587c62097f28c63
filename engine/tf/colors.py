"""Hue, saturation and gamma of pictures (…, 3), and draws that a seed alone decides."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.keras import ops
from engine.keras.random import uniform


def rgb_to_hsv(images: Any) -> Any:
    """Red, green and blue from 0 to 1 as hue, saturation and value from 0 to 1."""
    pixels = np.asarray(ops.convert_to_tensor(images))
    value = pixels.max(axis=-1)
    spread = value - pixels.min(axis=-1)
    safe = np.where(spread > 0, spread, 1)
    red, green, blue = np.moveaxis(pixels, -1, 0)
    hue = np.where(
        value == red, (green - blue) / safe, np.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe)
    )
    hue = np.where(spread > 0, hue / 6 % 1, 0)
    saturation = np.where(value > 0, spread / np.where(value > 0, value, 1), 0)
    return as_tensor(np.stack([hue, saturation, value], axis=-1).astype(pixels.dtype))


def hsv_to_rgb(images: Any) -> Any:
    """Hue, saturation and value as red, green and blue, all from 0 to 1."""
    pixels = np.asarray(ops.convert_to_tensor(images))
    hue, saturation, value = np.moveaxis(pixels, -1, 0)
    away = np.abs((hue[..., np.newaxis] * 6 - np.array([0, 2, 4]) + 3) % 6 - 3)
    full = np.clip(2 - away, 0, 1)
    made = value[..., np.newaxis] * (1 - saturation[..., np.newaxis] * (1 - full))
    return as_tensor(made.astype(pixels.dtype))


def _as_fractions(image: Any, change: Callable[[Any], Any]) -> Any:
    """A change of pictures of fractions, made of whole numbers, too."""
    tensor = ops.convert_to_tensor(image)
    if tensor.dtype.kind == "f":
        return change(tensor)
    top = np.iinfo(tensor.dtype).max
    made = np.asarray(change(tensor.astype(np.float32) / top))
    return as_tensor(np.clip(np.rint(made * top), 0, top).astype(tensor.dtype))


def _turned(image: Any, hue: float = 0.0, saturation: float = 1.0) -> Any:
    def change(pixels: Any) -> Any:
        parts = np.array(rgb_to_hsv(pixels))
        parts[..., 0] = (parts[..., 0] + hue) % 1
        parts[..., 1] = np.clip(parts[..., 1] * saturation, 0, 1)
        return hsv_to_rgb(parts)

    return _as_fractions(image, change)


def adjust_hue(image: Any, delta: float) -> Any:
    """The hue turned by so large a part of the circle."""
    return _turned(image, hue=delta)


def adjust_saturation(image: Any, saturation_factor: float) -> Any:
    """The saturation times a factor."""
    return _turned(image, saturation=saturation_factor)


def adjust_gamma(image: Any, gamma: float = 1.0, gain: float = 1.0) -> Any:
    """gain·pixel^gamma, pixels from 0 to 1."""
    return _as_fractions(image, lambda pixels: gain * pixels**gamma)


def random_hue(image: Any, max_delta: float, seed: Any = None) -> Any:
    """The hue turned by chance, at most so far."""
    return adjust_hue(image, float(uniform((), -max_delta, max_delta, seed=seed)))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """The saturation times a factor between two."""
    return adjust_saturation(image, float(uniform((), lower, upper, seed=seed)))


def stateless(function: Callable[..., Any]) -> Callable[..., Any]:
    """A change by chance that the same two numbers decide in the same way each time."""

    def answer(image: Any, *args: Any, seed: Any, **kwargs: Any) -> Any:
        return function(image, *args, seed=[int(number) for number in np.asarray(seed)], **kwargs)

    answer.__doc__ = f"{function.__doc__} The seed alone decides."
    return answer


__all__ = [
    "adjust_gamma", "adjust_hue", "adjust_saturation", "hsv_to_rgb", "random_hue", "random_saturation", "rgb_to_hsv",
    "stateless",
]  # fmt: skip
