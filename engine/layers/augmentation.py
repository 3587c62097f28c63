"""Layers that change pictures by chance in training, and layers that resize and cut them.

Pictures are (batch, height, width, channels); settings that make no sense raise `ConfigurationError`.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError
from engine.layer_support.picture_sampling import checked_fill, resized, resized_part, sampled
from engine.layers.base import Layer, LayerOptions
from engine.layers.chance import RandomFormula

Range = float | Sequence[float]


def factor_range(factor: Range, name: str = "factor") -> tuple[float, float]:
    """From −f to f for one number, from the first to the second for two; `ConfigurationError` for anything else."""
    given = np.atleast_1d(np.asarray(factor, float))
    if given.shape not in ((1,), (2,)) or (len(given) == 1 and given[0] < 0):
        raise ConfigurationError(f"A range is one number from 0 on, or a lower and an upper one, not {factor!r}.", name)
    given = np.sort(given)
    return (-float(given[0]) if len(given) == 1 else float(given[0])), float(given[-1])


class _Moving(RandomFormula):
    """Base of layers that read a picture at other places.

    Args:
        factor: further settings by name, as `config` gives them.
        fill_mode: what is outside of the picture.
        interpolation: "bilinear" or "nearest".
        fill_value: outside, where the mode is "constant".
    """

    takes_single_pictures = True

    kind = "moving"

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **options)
        self.fill_mode, self.interpolation = checked_fill(fill_mode, interpolation)
        self.fill_value = float(fill_value)

    def places(self, rows: FloatArray, columns: FloatArray, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """Where to read for each pixel, by its distance from the middle, (count, height, width) each.

        The distances are also measured in shares of the picture: see `RandomTranslation`.
        """
        raise NotImplementedError

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """Each picture, read at its own places."""
        count, height, width = np.shape(inputs)[:3]
        middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
        self.sizes = height, width
        grid = np.meshgrid(np.arange(height) - middle_row, np.arange(width) - middle_column, indexing="ij")
        rows, columns = self.places(grid[0][np.newaxis], grid[1][np.newaxis], count, rng)
        shape = count, height, width
        rows, columns = np.broadcast_to(rows + middle_row, shape), np.broadcast_to(columns + middle_column, shape)
        return sampled(inputs, rows, columns, self.fill_mode, self.interpolation, self.fill_value)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"fill_mode": self.fill_mode, "interpolation": self.interpolation, "fill_value": self.fill_value}
        return {**own, **({} if self.seed is None else {"seed": self.seed}), **super().config()}


def _draw(rng: np.random.Generator, limits: tuple[float, float], count: int) -> FloatArray:
    return rng.uniform(*limits, (count, 1, 1))


class RandomRotation(_Moving):
    """Pictures turned around their middle by chance.

    Args:
        factor: shares of a full turn: from −f to f, or a lower and an upper one.
    """

    kind = "random_rotation"

    def __init__(
        self,
        factor: Range,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.factor = factor_range(factor)

    def places(self, rows: FloatArray, columns: FloatArray, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """The places turned by an angle of each picture."""
        angle = 2 * np.pi * _draw(rng, self.factor, count)
        return np.cos(angle) * rows + np.sin(angle) * columns, np.cos(angle) * columns - np.sin(angle) * rows

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"factor": list(self.factor), **super().config()}


class RandomZoom(_Moving):
    """Pictures made larger or smaller by chance.

    Args:
        height_factor: 0.2 for 20 % smaller to 20 % larger; two numbers for a range, of which −0.2 makes larger.
        width_factor: the same for the width; None keeps the proportions.
    """

    kind = "random_zoom"

    def __init__(
        self,
        height_factor: Range,
        width_factor: Range | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.height_factor = factor_range(height_factor, "height_factor")
        self.width_factor = None if width_factor is None else factor_range(width_factor, "width_factor")

    def places(self, rows: FloatArray, columns: FloatArray, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """The places nearer to the middle, or further from it."""
        down = 1 + _draw(rng, self.height_factor, count)
        across = down if self.width_factor is None else 1 + _draw(rng, self.width_factor, count)
        return rows * down, columns * across

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        across = None if self.width_factor is None else list(self.width_factor)
        return {"height_factor": list(self.height_factor), "width_factor": across, **super().config()}


class RandomTranslation(RandomZoom):
    """Pictures moved by chance.

    Args:
        height_factor, width_factor: shares of the height and the width, downwards and to the right.
    """

    kind = "random_translation"

    def places(self, rows: FloatArray, columns: FloatArray, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """The places against the direction in which the picture moves."""
        down = self.sizes[0] * _draw(rng, self.height_factor, count)
        across = self.sizes[1] * _draw(rng, self.width_factor or self.height_factor, count)
        return rows - down, columns - across


class RandomShear(_Moving):
    """Pictures slanted by chance.

    Args:
        x_factor: how many pixels a row moves sidewards for each pixel from the middle.
        y_factor: how many a column moves up or down.
    """

    kind = "random_shear"

    def __init__(
        self,
        x_factor: Range = 0.0,
        y_factor: Range = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.x_factor, self.y_factor = factor_range(x_factor, "x_factor"), factor_range(y_factor, "y_factor")

    def places(self, rows: FloatArray, columns: FloatArray, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """The places slanted."""
        across = columns + _draw(rng, self.x_factor, count) * rows
        return rows + _draw(rng, self.y_factor, count) * columns, across

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"x_factor": list(self.x_factor), "y_factor": list(self.y_factor), **super().config()}


class _Toning(RandomFormula):
    """Base of layers that change how bright pixels are.

    Args:
        factor: how strongly: from −f to f, or a lower and an upper one.
        value_range: of the pixels, to which they are cut.
    """

    takes_single_pictures = True

    kind = "toning"

    def __init__(
        self,
        factor: Range,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **options)
        self.factor, self.value_range = factor_range(factor), (float(value_range[0]), float(value_range[1]))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"factor": list(self.factor), "value_range": list(self.value_range), **super().config()}


class RandomBrightness(_Toning):
    """Pictures made brighter or darker by a share of the range of values."""

    kind = "random_brightness"

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """The same number added to all pixels of a picture."""
        shift = rng.uniform(*self.factor, (len(inputs), 1, 1, 1)) * (self.value_range[1] - self.value_range[0])
        return np.clip(inputs + as_tensor(shift.astype(inputs.dtype)), *self.value_range)


class RandomContrast(_Toning):
    """Pixels moved away from the mean of their channel, or towards it."""

    kind = "random_contrast"

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """(pixel − mean) times a factor of the picture, plus the mean."""
        factor = as_tensor((1 + rng.uniform(*self.factor, (len(inputs), 1, 1, 1))).astype(inputs.dtype))
        mean = np.mean(inputs, axis=(1, 2), keepdims=True)
        return np.clip((inputs - mean) * factor + mean, *self.value_range)


class Resizing(Layer):
    """Pictures in another size.

    Args:
        height, width: of the outputs.
        interpolation: "bilinear" or "nearest".
        crop_to_aspect_ratio: whether the largest part of the same proportions is taken before.
    """

    takes_single_pictures = True

    kind = "resizing"

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if min(height, width) < 1:
            raise ConfigurationError(f"A picture has at least one pixel, not {height} by {width}.", "height")
        checked_fill("nearest", interpolation)
        self.height, self.width, self.interpolation = int(height), int(width), interpolation
        self.crop_to_aspect_ratio = bool(crop_to_aspect_ratio)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The resized pictures; one without a batch axis stays one."""
        if np.ndim(inputs) == 3:
            return self.call(inputs[np.newaxis])[0]
        if self.crop_to_aspect_ratio:
            return resized_part(inputs, self.height, self.width, self.interpolation)
        return resized(inputs, self.height, self.width, self.interpolation)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"height": self.height, "width": self.width, "interpolation": self.interpolation}
        return {**own, "crop_to_aspect_ratio": self.crop_to_aspect_ratio, **super().config()}
