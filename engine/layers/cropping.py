"""Parts of pictures (batch, height, width, channels): their middle, or by chance."""

from typing import Any, Unpack

import numpy as np

from engine.core.random_streams import RandomSource
from engine.errors import ConfigurationError
from engine.layer_support.picture_sampling import resized_part
from engine.layers.base import Layer, LayerOptions


class CenterCrop(Layer):
    """The middle of pictures; pictures that are too small are cut to the proportions and resized.

    Args:
        height, width: of the outputs.
    """

    takes_single_pictures = True

    kind = "center_crop"

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**options)
        if min(height, width) < 1:
            raise ConfigurationError(f"A picture has at least one pixel, not {height} by {width}.", "height")
        self.height, self.width = int(height), int(width)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The middle."""
        height, width = np.shape(inputs)[1:3]
        if height < self.height or width < self.width:
            return resized_part(inputs, self.height, self.width)
        top, left = (height - self.height) // 2, (width - self.width) // 2
        return inputs[:, top : top + self.height, left : left + self.width]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"height": self.height, "width": self.width, **super().config()}


class RandomCrop(CenterCrop):
    """A part of each picture by chance in training, else the middle.

    Args:
        seed: of the draws; None for the network's.
    """

    kind = "random_crop"

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(height, width, data_format, **options)
        self.seed = seed
        self.random = RandomSource() if seed is None else RandomSource(seed=seed)

    def draw_from(self, source: RandomSource) -> None:
        """Take the network's source."""
        if self.seed is None:
            self.random = source

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401
        """A part of each picture."""
        down, across = np.shape(inputs)[1] - self.height, np.shape(inputs)[2] - self.width
        if not training or down < 0 or across < 0:
            return super().call(inputs)
        rng = self.random.generator()
        top, left = rng.integers(0, down + 1, len(inputs)), rng.integers(0, across + 1, len(inputs))
        rows, columns = np.arange(self.height)[:, np.newaxis], np.arange(self.width)
        example = np.arange(len(inputs))[:, np.newaxis, np.newaxis]
        return inputs[example, top[:, np.newaxis, np.newaxis] + rows, left[:, np.newaxis, np.newaxis] + columns]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**({} if self.seed is None else {"seed": self.seed}), **super().config()}
