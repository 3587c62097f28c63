"""Layers around another layer: `TimeDistributed` and `Bidirectional`.

Inputs are (batch, steps, …).
"""

import copy
from typing import Any, Unpack

import numpy as np

from engine.errors import ConfigurationError
from engine.layers.base import Layer, LayerOptions


class TimeDistributed(Layer):
    """The same layer for each step: (batch, steps, …) → (batch, steps, *its outputs).

    Args:
        layer: what runs.
    """

    kind = "time_distributed"
    holds_function = True

    def __init__(self, layer: Layer, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.layer = layer

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401
        """The steps as further examples, and back."""
        count, steps = np.shape(inputs)[:2]
        outputs = self.layer(np.reshape(inputs, (count * steps, *np.shape(inputs)[2:])), training=training)
        return np.reshape(outputs, (count, steps, *np.shape(outputs)[1:]))


class Bidirectional(Layer):
    """A recurrent layer that runs forwards, and another of its kind that runs backwards.

    M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks", 1997.

    Args:
        layer: the one that runs forwards.
        merge_mode: "concat", "sum", "mul", "ave", or None for both outputs apart.
        weights: only None.
        backward_layer: the other one; None for a copy.
    """

    kind = "bidirectional"
    holds_function = True

    def __init__(
        self,
        layer: Any,  # noqa: ANN401 — a recurrent layer
        merge_mode: str | None = "concat",
        weights: None = None,
        backward_layer: Any = None,  # noqa: ANN401
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if merge_mode not in ("concat", "sum", "mul", "ave", None):
            raise ConfigurationError(f"Outputs are brought together by concat, sum, mul or ave, not {merge_mode!r}.")
        self.merge_mode, self.forward_layer = merge_mode, layer
        self.backward_layer = copy.deepcopy(layer) if backward_layer is None else backward_layer
        self.backward_layer.go_backwards = not layer.go_backwards if backward_layer is None else True

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401
        """Both outputs, of each step in the order of the inputs."""
        one, other = self.forward_layer(inputs, training=training), self.backward_layer(inputs, training=training)
        states = []
        if self.forward_layer.return_state:
            states, one, other = [*one[1:], *other[1:]], one[0], other[0]
        if self.forward_layer.return_sequences:
            other = other[:, ::-1]
        if self.merge_mode is None:
            return (one, other, *states)
        if self.merge_mode == "concat":
            merged = np.concatenate([one, other], axis=-1)
        else:
            merged = one * other if self.merge_mode == "mul" else one + other
            merged = merged / 2 if self.merge_mode == "ave" else merged
        return (merged, *states) if states else merged
