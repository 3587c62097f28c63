"""`Sequential`: a stack of layers with Keras' names, so that a course's snippets run.

network = Sequential([Dense(25, activation="relu"), Dense(1)])
network.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=Adam(1e-3), metrics=["accuracy"])
network.fit(x, y, epochs=100)
probabilities = network.predict(x)
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from engine.errors import EngineError
from engine.layer_stack import LayerStack
from engine.layers.base import Layer
from engine.losses import Loss
from engine.parameters import FloatArray

# Examples that go through the network at once when it predicts: their intermediate results stay in the cache.
_PREDICT_CHUNK = 64


class Sequential(LayerStack):
    """A network that can be compiled, fitted, evaluated and asked.

    Attributes (see also `LayerStack`):
        loss: what `fit` minimizes, and what turns outputs into predictions; None until compiled or set.
        metrics: names of the figures that are reported beside the loss.
    """

    def __init__(
        self,
        layers: Iterable[Layer] = (),
        *,
        name: str = "",
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        fused: bool = True,
    ) -> None:
        super().__init__(layers, name=name, seed=seed, dtype=dtype, fused=fused)
        self.loss: Loss | None = None
        self.metrics: tuple[str, ...] = ()

    def logits(self, x: ArrayLike, batch_size: int = _PREDICT_CHUNK) -> FloatArray:
        """The last layer's outputs for examples (n, *input_shape), a new array (n, *output_shape)."""
        inputs = self.prepare_inputs(x)
        outputs = np.empty((len(inputs), *self.output_shape), self.dtype)
        for start in range(0, len(inputs), batch_size):
            chunk = slice(start, start + batch_size)
            outputs[chunk] = self.forward(inputs[chunk])
        self.release_buffers()
        return outputs

    def predict(self, x: ArrayLike, batch_size: int = _PREDICT_CHUNK) -> FloatArray:
        """Probabilities (or values) for examples (n, *input_shape); the outputs themselves without a loss."""
        outputs = self.logits(x, batch_size)
        return outputs if self.loss is None else self.loss.to_predictions(outputs)

    def loss_and_gradients(self, x: ArrayLike, y: ArrayLike) -> tuple[float, list[FloatArray]]:
        """The mean loss over all examples as one batch, and its gradients in the order of `get_weights`.

        Runs as in training (dropout active, batch statistics). Parameters that are not trained have no gradient
        and are left out.
        """
        inputs = self.prepare_inputs(x)
        loss = self.require_loss()
        targets = loss.prepare_targets(y, self.output_shape, self.dtype)
        value, gradient = loss.value_and_gradient(self.forward(inputs, training=True), targets)
        self.backward(gradient)
        return float(value), [parameter.gradient.copy() for parameter in self.weights() if parameter.trainable]

    def require_loss(self) -> Loss:
        """The loss; raises `EngineError` when there is none."""
        if self.loss is None:
            raise EngineError("The network has no loss: call compile(loss=…) first.")
        return self.loss

    def replica(self, number: int | None = None) -> "Sequential":
        """A network over the same values and state with its own gradients and buffers, and the same loss."""
        twin = super().replica(number)
        twin.loss, twin.metrics = self.loss, self.metrics
        return twin
