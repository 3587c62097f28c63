"""The part of a network that answers: outputs, losses and metrics of examples."""

import sys
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.examples import prepare_data
from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, as_tensor, recording
from engine.errors import DataError, ShapeError
from engine.layer_support.symbolic import SymbolicTensor
from engine.losses import WeightPenalty
from engine.sequential.callbacks import Callback, tell, tell_batches
from engine.sequential.compiled_network import CompiledNetwork
from engine.sequential.fitting import as_callbacks
from engine.sequential.own_rules import add_own_penalties, output_penalties, penalties_of
from engine.sequential.streaming import as_arrays, gives_batches

# From this many examples on, starting threads costs less than they save.
_WORTH_THREADS = 1024


class AskedNetwork(CompiledNetwork):
    """A compiled network that answers."""

    def evaluate(
        self,
        x: Any,  # noqa: ANN401 — arrays, lists, or batches
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: ArrayLike | None = None,
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
        return_dict: bool = False,
    ) -> Any:  # noqa: ANN401 — a number, a list or a dict
        """[loss, metric, …] on examples, the loss alone, or a dict by name; raises `DataError` without targets.

        As for `fit`, the examples may come in batches; `steps` takes so many of them.
        """
        if self.writes("test_step"):
            from engine.sequential.own_run import evaluated

            metrics = evaluated(self, x if gives_batches(x) else (x, y, sample_weight), batch_size or 32, steps)
            if return_dict:
                return metrics
            return list(metrics.values()) if len(metrics) > 1 else next(iter(metrics.values()))
        x, y, sample_weight = as_arrays(*self.arranged(x, y, sample_weight), batch_size, steps)
        if y is None:
            raise DataError("An evaluation needs targets: evaluate(x, y).")
        self._build_for(x)
        heard = as_callbacks(callbacks, self)
        tell(heard, "on_test_begin")
        loss, data = self.require_loss(), prepare_data(self, x, y, sample_weights=sample_weight)
        targets, outputs = data.targets, self.logits(data.inputs, batch_size)
        value = float(loss.value(outputs, targets, data.weights)) + WeightPenalty(self.store).value()
        value += add_own_penalties(self, gradients=False) + output_penalties(self, data.inputs, batch_size)
        metrics = {"loss": value, **self.metric_values(outputs, targets, batch_size=batch_size or 32)}
        for metric in self.weighted_metrics:
            metrics[metric.name] = metric.value(loss, outputs, targets, data.weights)
        tell_batches(heard, "test", len(outputs), batch_size, metrics)
        if verbose:
            shown = (f"{name}: {value:.4f}" for name, value in metrics.items() if isinstance(value, float))
            sys.stdout.write(" - ".join(shown) + "\n")
        if return_dict:
            return metrics
        return list(metrics.values()) if len(metrics) > 1 else metrics["loss"]

    def predict(
        self,
        x: Any,  # noqa: ANN401 — arrays, lists, or batches
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> Any:  # noqa: ANN401 — an array, or several
        """The last layer's outputs for examples (n, *input_shape), (n, *output_shape); builds the network for them."""
        x = as_arrays(*self.arranged(x, None, None), batch_size, steps)[0]
        self._build_for(x)
        if not callbacks:
            return self.given_back(self.logits(x, batch_size))
        heard = as_callbacks(callbacks, self)
        tell(heard, "on_predict_begin")
        outputs = self.logits(x, batch_size)
        tell_batches(heard, "predict", len(outputs), batch_size, {})
        return self.given_back(outputs)

    def __call__(self, x: Any, training: bool | None = None) -> Any:  # noqa: ANN401 — an array or a placeholder
        """The last layer's outputs, as `predict` gives them; in training with dropout and batch statistics.

        Of a placeholder another one, for a `Model` that has this network's layers.
        """
        if isinstance(x, SymbolicTensor):
            mode = {} if training is None else {"training": training}
            end = reduce(lambda tensor, layer: layer(tensor, **mode), self.chain(), x)
            end.network = None if end is x else self
            return end
        if np.ndim(x) == 3 and any(layer.takes_single_pictures for layer in self.layers):
            return self(as_tensor(x)[np.newaxis], training)[0]
        self._build_for(x)
        if recording.depth:
            self.pull()
            inputs = (
                x if isinstance(x, np.ndarray) and np.shape(x)[1:] == self.example_shape else self.prepare_inputs(x)
            )
            return reduce(lambda values, layer: layer(values, training=bool(training)), self.chain(), as_tensor(inputs))
        if training:
            return as_tensor(self.forward(np.asarray(x), training=True).copy())
        return as_tensor(self.logits(x))

    def probabilities(self, x: ArrayLike, batch_size: int | None = None) -> FloatArray:
        """What the loss makes of the outputs: probabilities, whether the network gives logits or not; (n, …)."""
        outputs: FloatArray = self.predict(x, batch_size)
        return outputs if self.loss is None else np.asarray(self.loss.to_predictions(outputs))

    def predict_on_batch(self, x: ArrayLike) -> Any:  # noqa: ANN401 — an array, or several
        """The outputs for one batch."""
        return self.predict(x)

    def test_on_batch(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, return_dict: bool = False
    ) -> Any:  # noqa: ANN401 — a number, a list or a dict
        """Loss and metrics on one batch."""
        return self.evaluate(x, y, verbose=0, sample_weight=sample_weight, return_dict=return_dict)

    def _infer(self, inputs: FloatArray, chunk_size: int | None) -> FloatArray:
        """Outputs for checked inputs, on several threads when there are many."""
        if len(inputs) < _WORTH_THREADS or any(layer.by_call or layer.takes_several for layer in self.layers):
            return super()._infer(inputs, chunk_size)
        from engine.parallel.batch_evaluator import BatchEvaluator  # for start-up time: one answer needs no threads

        with BatchEvaluator(self, chunk_size=chunk_size or 0) as evaluator:
            return evaluator.predict(inputs)

    def _build_for(self, x: ArrayLike) -> None:
        """Build for these examples unless built: what Keras does at the first fit."""
        self.build_if_declared()
        if self.built:
            return
        try:
            shape = np.shape(x)
        except ValueError:
            raise ShapeError("The examples are no array: they differ in length.") from None
        self.build(shape[1:] or (1,))

    @property
    def losses(self) -> list[Tensor]:
        """The penalties on single parameters."""
        return penalties_of(self)

    def arranged(self, x: Any, y: Any, weights: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 — arrays or lists
        """Inputs, targets and weights as one array each; here what is alone in a list is taken out."""
        return alone(x), y, weights

    def given_back(self, outputs: FloatArray) -> Any:  # noqa: ANN401 — an array, or several
        """The outputs (n, …) as a person expects them."""
        return outputs


def alone(x: Any) -> Any:  # noqa: ANN401 — arrays or lists
    """The one array of a list of arrays, as Keras takes it; anything else as it is."""
    if isinstance(x, dict) and len(x) == 1:
        return next(iter(x.values()))
    return x[0] if isinstance(x, list | tuple) and len(x) == 1 and isinstance(x[0], np.ndarray) else x
