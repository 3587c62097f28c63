"""A network with an optimizer and metrics: what `compile` leaves behind."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike, NDArray

from engine.batches.examples import prepare_data
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, EngineError
from engine.layer_support.symbolic import SymbolicTensor
from engine.layers.base import Layer
from engine.losses.choice import LossLike, make_loss
from engine.network.network import Network
from engine.sequential.own_steps import OwnSteps

if TYPE_CHECKING:
    from engine.evaluation.metric_choice import CompiledMetric
    from engine.optimizers import Optimizer


class CompiledNetwork(OwnSteps, Network):
    """A network that can be compiled.

    Attributes (see also `Network`):
        optimizer: what `fit` takes its steps with; None until compiled.
        compiled_metrics: what is reported beside the loss; None until compiled: all that the loss's task has.
        weighted_metrics: the same, weighed as the examples are.
    """

    optimizer: "Optimizer | None" = None
    compiled_metrics: "tuple[CompiledMetric, ...] | None" = None
    weighted_metrics: "tuple[CompiledMetric, ...]" = ()

    def compile(
        self,
        optimizer: Any = "rmsprop",  # noqa: ANN401 — a name, an optimizer or its class
        loss: LossLike | Sequence[LossLike] | None = None,
        loss_weights: Any = None,  # noqa: ANN401 — Keras'
        metrics: Any = None,  # noqa: ANN401 — names, objects, classes, functions
        weighted_metrics: Any = None,  # noqa: ANN401 — the same
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: str | bool = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose optimizer, loss and metrics, by name or as objects; an optimizer's memory starts afresh.

        `loss_weights` is one number, of the loss. The last four are Keras' and have no effect.

        Raises `ConfigurationError` for an unknown name, and for what is no optimizer. Warns where the network's end and
        the loss do not fit.
        """
        # A network that only answers needs no optimizers and no metrics.
        from engine.sequential.compiling import compiled_metrics, compiled_optimizer, warn_of_misfit

        if (
            metrics is None
            and isinstance(loss_weights, list)
            and not all(isinstance(one, int | float) for one in loss_weights)
        ):
            # Older notebooks give the metrics in third place.
            loss_weights, metrics = None, loss_weights
        if loss_weights is not None:
            raise ConfigurationError("There is one loss, so it has no weights beside others.", "loss_weights")
        if isinstance(loss, list | tuple) and len(loss) == 1:
            # Keras takes a list an output; here there is one.
            loss = loss[0]
        chosen, compiled = compiled_optimizer(optimizer), compiled_metrics(metrics)
        weighted = compiled_metrics(weighted_metrics)
        self.loss = None if loss is None else make_loss(loss)  # type: ignore[arg-type]
        if self.loss is not None and self.loss.reduction in (None, "none"):
            raise ConfigurationError("Training needs one number a batch: a loss without reduction gives many.", "loss")
        chosen.reset()
        self._step_metrics = None
        self.optimizer, self.compiled_metrics, self.weighted_metrics = chosen, compiled, weighted
        self.build_if_declared()
        warn_of_misfit(self.layers, self.loss)

    @property
    def input_shape(self) -> Any:  # noqa: ANN401 — a shape, or several
        """The shape of the inputs with the batch axis, whose length is not known: (None, …)."""
        return self.input.shape

    @property
    def output_shape(self) -> Any:  # noqa: ANN401 — a shape, or several
        """The same for the outputs."""
        return self.output.shape

    @property
    def input(self) -> SymbolicTensor:
        """The placeholder of the inputs, for `Model(inputs, outputs)`; `EngineError` unless built."""
        if not self.inputs:
            raise EngineError("The network has no input yet: build it, or begin it with Input(shape=(…)).")
        return self.inputs[0]

    @property
    def output(self) -> SymbolicTensor:
        """The placeholder of the outputs; `EngineError` unless built."""
        if not self.outputs:
            raise EngineError("The network has no output yet: build it, or begin it with Input(shape=(…)).")
        return self.outputs[0]

    def pop(self) -> Layer:
        """Take the last layer away, and return it; `EngineError` when there is none."""
        if not self.layers:
            raise EngineError("The network has no layer to take away.")
        layer = self.layers.pop()
        layer.owner = None
        if self.built:
            self.answer_shape = self.layers[-1].output_shape if self.layers else self.example_shape
            self._reconnect()
        return layer

    def get_config(self) -> dict[str, Any]:
        """Name, layers and input shape, by Keras' name; `ConfigurationError` for a network with code of one's own."""
        from engine.sequential.saving import described

        shape = self.example_shape or self._declared_shape
        return {"name": self.name, **described(self)} | ({"input_shape": list(shape)} if shape else {})

    def to_json(self) -> str:
        """Layers and name as a text, which `keras.models.model_from_json` reads; no weights."""
        return json.dumps(self.get_config())

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` gives."""
        return ["loss", *(metric.name for metric in (*(self.compiled_metrics or ()), *self.weighted_metrics))]

    def metric_values(
        self,
        outputs: FloatArray,
        targets: NDArray[Any],
        known_accuracy: float | None = None,
        batch_size: int | None = None,
    ) -> dict[str, Any]:
        """The compiled metrics; before `compile`, all that the loss's task has."""
        if self.compiled_metrics is None:
            return super().metric_values(outputs, targets, known_accuracy, batch_size)
        loss, every = self.require_loss(), (*self.compiled_metrics, *self.weighted_metrics)
        return {metric.name: metric.value(loss, outputs, targets, batch_size=batch_size) for metric in every}

    def loss_and_gradients(self, x: ArrayLike, y: ArrayLike) -> tuple[float, list[FloatArray]]:
        """The mean loss over all examples as one batch, and its gradients in the order of `get_weights`.

        Runs as in training (dropout active, batch statistics). Parameters that are not trained have no gradient
        and are left out.
        """
        loss, data = self.require_loss(), prepare_data(self, x, y)
        value, gradient = loss.value_and_gradient(self.propagate(data.inputs, training=True), data.targets)
        self.backward(gradient)
        return float(value), [parameter.gradient.copy() for parameter in self.store.parameters if parameter.trainable]

    def summary(
        self,
        line_length: int | None = None,
        positions: None = None,
        print_fn: Callable[[str], object] | None = None,
        **settings: Any,  # noqa: ANN401 — Keras' further ones, without effect
    ) -> None:
        """Write a table of the layers with `print_fn`, by default to standard output."""
        from engine.network.summary import summary_text

        self.build_if_declared()
        text = summary_text(self)
        if print_fn is None:
            sys.stdout.write(text + "\n")
        else:
            print_fn(text)

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write layers, weights and loss to a safetensors file, which `keras.models.load_model` reads."""
        from engine.sequential.saving import save_network

        save_network(self, filepath, overwrite)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the weights to a safetensors file."""
        from engine.sequential.saving import save_weights

        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike[str]) -> None:
        """Read what `save_weights` or `save` wrote; `ShapeError` leaves the network as it was."""
        from engine.sequential.saving import load_weights

        load_weights(self, filepath)
