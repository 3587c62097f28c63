"""Layers that are one formula: written as `call`, their gradients follow from what is recorded.

Inputs and outputs are (batch, …); settings that make no sense raise `ConfigurationError`.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.activations import relu
from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.regularizers import L1L2, RegularizerLike
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class Identity(Layer):
    """outputs = inputs."""

    kind = "identity"

    def call(self, inputs: Any) -> Any:  # noqa: ANN401 — a tensor, here and below
        """The inputs."""
        return inputs


class ActivityRegularization(Layer):
    """outputs = inputs, which have a price: l1·Σ|x| + l2·Σx² over a batch, divided by its length.

    Args:
        l1, l2: weights of the two sums, ≥ 0.
    """

    kind = "activity_regularization"

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Unpack[LayerOptions]) -> None:
        options["activity_regularizer"] = L1L2(l1, l2)
        super().__init__(**options)
        self.l1, self.l2 = float(l1), float(l2)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The inputs."""
        return inputs

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        options = {name: value for name, value in super().config().items() if name != "activity_regularizer"}
        return {"l1": self.l1, "l2": self.l2, **options}


class UnitNormalization(Layer):
    """Vectors along an axis divided by their length.

    Args:
        axis: one or several.
    """

    kind = "unit_normalization"

    def __init__(self, axis: int | Sequence[int] = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axis = axis if isinstance(axis, int) else tuple(axis)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The vectors of length 1."""
        squares = np.sum(np.square(inputs), axis=self.axis, keepdims=True)
        return inputs / np.sqrt(np.maximum(squares, 1e-12))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"axis": self.axis if isinstance(self.axis, int) else list(self.axis), **super().config()}


class PReLU(Layer):
    """a = max(z, 0) + α·min(z, 0) with a learned α.

    K. He et al., "Delving deep into rectifiers", 2015.

    Args:
        alpha_initializer, alpha_regularizer: of α.
        alpha_constraint: only None.
        shared_axes: along which there is one α.
    """

    kind = "prelu"

    def __init__(
        self,
        alpha_initializer: InitializerLike = "zeros",
        alpha_regularizer: RegularizerLike = None,
        alpha_constraint: None = None,
        shared_axes: Sequence[int] | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if alpha_constraint is not None:
            raise ConfigurationError("Weights have no constraints here: leave alpha_constraint None.")
        self.alpha_initializer, self.alpha_regularizer = get_initializer(alpha_initializer), alpha_regularizer
        self.shared_axes = list(shared_axes or ())

    def build(self, input_shape: Any) -> None:  # type: ignore[override] # noqa: ANN401
        """Draw α."""
        sizes = [1 if axis + 1 in self.shared_axes else size for axis, size in enumerate(input_shape[1:])]
        self.alpha = self.add_weight(sizes, self.alpha_initializer, regularizer=self.alpha_regularizer, name="alpha")

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The activation."""
        return relu(inputs) - self.alpha * relu(-inputs)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        begin = initializer_config(self.alpha_initializer)
        return {"alpha_initializer": begin, "shared_axes": self.shared_axes, **super().config()}


class Embedding(Layer):
    """A learned vector for each number from 0 on: (batch, …) → (batch, …, output_dim).

    Args:
        input_dim: how many numbers there are.
        output_dim: length of the vectors.
        embeddings_initializer, embeddings_regularizer: of the vectors.
        embeddings_constraint, weights, lora_rank: only None.
        mask_zero: only False.
        input_length: Keras' and without effect.
    """

    kind = "embedding"

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: InitializerLike = "uniform",
        embeddings_regularizer: RegularizerLike = None,
        embeddings_constraint: None = None,
        mask_zero: bool = False,
        weights: None = None,
        lora_rank: None = None,
        input_length: int | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name, trainable=trainable)
        if embeddings_constraint is not None or mask_zero or weights is not None or lora_rank is not None:
            raise ConfigurationError("An embedding has neither masks nor constraints here: leave them out.")
        self.input_dim, self.output_dim = int(input_dim), int(output_dim)
        uniform = "random_uniform" if embeddings_initializer == "uniform" else embeddings_initializer
        self.embeddings_initializer, self.embeddings_regularizer = get_initializer(uniform), embeddings_regularizer

    def build(self, input_shape: Any) -> None:  # type: ignore[override] # noqa: ANN401
        """Draw the vectors."""
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim), self.embeddings_initializer,
            regularizer=self.embeddings_regularizer, name="embeddings",
        )  # fmt: skip

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The vectors."""
        return np.take(self.embeddings, np.asarray(inputs).astype(np.intp), axis=0)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        sizes = {"input_dim": self.input_dim, "output_dim": self.output_dim}
        return {**sizes, "embeddings_initializer": initializer_config(self.embeddings_initializer), **super().config()}


class Cropping1D(Layer):
    """Steps left out at both ends: (batch, steps, channels).

    Args:
        cropping: how many, or at the beginning and at the end.
    """

    kind = "cropping1d"

    def __init__(self, cropping: int | Sequence[int] = (1, 1), **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.cropping = (cropping, cropping) if isinstance(cropping, int) else tuple(cropping)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The steps between."""
        first, last = self.cropping
        return inputs[:, first : np.shape(inputs)[1] - last]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"cropping": list(self.cropping), **super().config()}


class Cropping2D(Layer):
    """Borders left out of images (batch, height, width, channels).

    Args:
        cropping: everywhere, of (height, width), or ((top, bottom), (left, right)).
        data_format: only None and "channels_last".
    """

    kind = "cropping2d"

    def __init__(
        self,
        cropping: Any = ((0, 0), (0, 0)),  # noqa: ANN401
        data_format: str | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        pairs = (cropping, cropping) if isinstance(cropping, int) else cropping
        self.cropping = [[one, one] if isinstance(one, int) else list(one) for one in pairs]

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The middle."""
        (top, bottom), (left, right) = self.cropping
        _, height, width, _ = np.shape(inputs)
        return inputs[:, top : height - bottom, left : width - right]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"cropping": self.cropping, **super().config()}


class UpSampling1D(Layer):
    """Each step repeated: (batch, steps, channels).

    Args:
        size: how often.
    """

    kind = "up_sampling1d"

    def __init__(self, size: int = 2, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.size = int(size)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The longer sequence."""
        return np.repeat(inputs, self.size, axis=1)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"size": self.size, **super().config()}


class ZeroPadding1D(Layer):
    """Zeros at both ends: (batch, steps, channels).

    Args:
        padding: how many, or at the beginning and at the end.
    """

    kind = "zero_padding1d"

    def __init__(self, padding: int | Sequence[int] = 1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.padding = (padding, padding) if isinstance(padding, int) else tuple(padding)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The longer sequence."""
        number, _, channels = np.shape(inputs)
        ends = [as_tensor(np.zeros((number, size, channels), inputs.dtype)) for size in self.padding]
        return np.concatenate([ends[0], inputs, ends[1]], axis=1)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"padding": list(self.padding), **super().config()}


class GlobalMaxPool1D(Layer):
    """The largest of all steps: (batch, steps, channels) → (batch, channels)."""

    kind = "global_max_pool1d"

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.keepdims = bool(keepdims)

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The largest."""
        return np.max(inputs, axis=1, keepdims=self.keepdims)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"keepdims": self.keepdims, **super().config()}


# Keras' longer name of the same layer.
GlobalMaxPooling1D = GlobalMaxPool1D
