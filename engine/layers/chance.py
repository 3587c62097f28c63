"""Layers that change their inputs by chance in training, and do nothing else.

Inputs and outputs are (batch, …); settings that make no sense raise `ConfigurationError`.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.random_streams import RandomSource
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class RandomFormula(Layer):
    """Base of layers that draw in training and do nothing else.

    Args:
        seed: of this layer's draws; None for the network's.
    """

    kind = "random"

    def __init__(self, seed: int | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.seed = seed
        self.random = RandomSource() if seed is None else RandomSource(seed=seed)

    def draw_from(self, source: RandomSource) -> None:
        """Take the network's source."""
        if self.seed is None:
            self.random = source

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401
        """What is drawn in training, else the inputs themselves."""
        if self.takes_single_pictures and np.ndim(inputs) == 3:
            return self.call(inputs[np.newaxis], training)[0]
        return self.drawn(inputs, self.random.generator()) if training else inputs

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """The inputs, changed by chance."""
        raise NotImplementedError


class _Silencing(RandomFormula):
    """Base of further kinds of dropout.

    Args:
        rate: in [0, 1).
    """

    kind = "silencing"

    def __init__(self, rate: float, seed: int | None = None, **options: Unpack[LayerOptions]) -> None:
        super().__init__(seed, **options)
        if not 0 <= rate < 1:
            raise ConfigurationError(f"A dropout rate is at least 0 and less than 1, not {rate!r}.", "rate")
        self.rate = float(rate)

    def kept(self, shape: Sequence[int], rng: np.random.Generator, dtype: Any) -> Any:  # noqa: ANN401
        """1 where a number stays, else 0."""
        return as_tensor((rng.random(shape) >= self.rate).astype(dtype))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"rate": self.rate, **({} if self.seed is None else {"seed": self.seed}), **super().config()}


class SpatialDropout1D(_Silencing):
    """Dropout of whole channels: (batch, steps, channels)."""

    kind = "spatial_dropout1d"

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """Whole channels silenced."""
        shape = np.shape(inputs)
        ones = (shape[0], *(1,) * (len(shape) - 2), shape[-1])
        return inputs * (self.kept(ones, rng, inputs.dtype) / (1 - self.rate))


class SpatialDropout2D(SpatialDropout1D):
    """Dropout of whole maps: (batch, height, width, channels).

    J. Tompson et al., "Efficient object localization using convolutional networks", 2015.
    """

    kind = "spatial_dropout2d"

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(rate, seed, **options)


class GaussianDropout(_Silencing):
    """inputs ∘ noise of mean 1 and deviation √(rate / (1 − rate)).

    N. Srivastava et al., "Dropout", 2014, section 10.
    """

    kind = "gaussian_dropout"

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """The noisy inputs."""
        deviation = np.sqrt(self.rate / (1 - self.rate))
        return inputs * as_tensor(rng.normal(1, deviation, np.shape(inputs)).astype(inputs.dtype))


class AlphaDropout(_Silencing):
    """Dropout that keeps mean 0 and variance 1 behind SELU: a·(x where kept, else α′) + b.

    G. Klambauer et al., "Self-normalizing neural networks", 2017.

    Args:
        noise_shape: only None.
    """

    kind = "alpha_dropout"

    def __init__(
        self, rate: float, noise_shape: None = None, seed: int | None = None, **options: Unpack[LayerOptions]
    ) -> None:
        super().__init__(rate, seed, **options)

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """The inputs with some of them at the lowest value."""
        lowest = -1.7580993408473766
        a = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        kept = self.kept(np.shape(inputs), rng, inputs.dtype)
        return (inputs * kept + lowest * (1 - kept)) * a - a * lowest * self.rate


class RandomFlip(RandomFormula):
    """Images (batch, height, width, channels) mirrored by chance.

    Args:
        mode: "horizontal", "vertical" or "horizontal_and_vertical".
    """

    takes_single_pictures = True

    kind = "random_flip"

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **options)
        if mode not in ("horizontal", "vertical", "horizontal_and_vertical"):
            raise ConfigurationError(f"Images are not mirrored {mode!r}.", "mode")
        self.mode = mode

    def drawn(self, inputs: Any, rng: np.random.Generator) -> Any:  # noqa: ANN401
        """Each image as it is or mirrored."""
        for word, axis in (("vertical", 1), ("horizontal", 2)):
            if word in self.mode:
                chosen = rng.random((len(inputs), 1, 1, 1)) < 0.5
                inputs = np.where(chosen, np.flip(inputs, axis), inputs)
        return inputs

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"mode": self.mode, **super().config()}
