"""`Sequential`: a stack of layers with Keras' names, so that a course's snippets run.

network = Sequential([Dense(25, activation="relu"), Dense(1, activation="sigmoid")])
network.compile(loss=BinaryCrossentropy(), optimizer=Adam(1e-3), metrics=["accuracy"])
network.fit(x, y, epochs=100)
probabilities = network.predict(x)
"""

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.examples import TrainingData, prepare_data
from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, as_tensor
from engine.errors import DataError, EngineError, ShapeError
from engine.losses import WeightPenalty
from engine.network.summary import summary_text
from engine.sequential.callbacks import Callback, History, ProgressLines
from engine.sequential.compiled_network import CompiledNetwork
from engine.sequential.compiling import class_weights
from engine.sequential.fitting import as_callbacks, single_step, split_end, try_metrics
from engine.sequential.saving import load_weights, save_network, save_weights

# From this many examples on, starting threads costs less than they save.
_WORTH_THREADS = 1024


class Sequential(CompiledNetwork):
    """A network that can be compiled, fitted, evaluated and asked.

    Attributes (see also `CompiledNetwork`):
        stop_training: set by a callback to end the run.
        history: of the last fit.
        steps_in_epoch: of the last fit.
    """

    stop_training = False
    history: History | None = None
    steps_in_epoch = 0
    _fits = 0

    def fit(
        self,
        x: Any,  # noqa: ANN401 — arrays, lists, or a generator
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | Sequence[float] | None = None,
        sample_weight: ArrayLike | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        threads: int = 0,
    ) -> History:
        """Train on examples x (n, *input_shape) with targets y, and return the history of the epochs.

        Args:
            x: the examples.
            y: what the loss compares their outputs with.
            batch_size: examples in a step, None for 32 (an optimizer like L-BFGS takes all).
            epochs: number of the last pass over the data.
            verbose: 0 for silence, else a line an epoch.
            callbacks: called in this order.
            validation_split: this part of the examples, taken from the end, is only looked at.
            validation_data: instead, x and y, and perhaps weights, that are only looked at, after each epoch.
            shuffle: visit the examples in a new order in every epoch.
            class_weight: factor of the loss for each class; classes that a mapping leaves out have 1.
            sample_weight: factor of the loss for each example.
            initial_epoch: number of epochs done before, for the count.
            steps_per_epoch: only None here, except that it cuts a generator's batches.
            validation_steps: without effect.
            validation_batch_size: without effect.
            validation_freq: without effect.
            l1: weight of the penalty Σ|w| over the kernels, which is part of the loss.
            l2: weight of the penalty Σw² over the kernels.
            threads: worker threads, 0 for a good default.

        Raises:
            EngineError: the network is not compiled.
            ShapeError, DataError, ConfigurationError: data or settings that do not fit; the network is unchanged.

        A run that diverges ends with the last finite weights and a `RuntimeWarning`.
        """
        # Loaded here, for start-up time: asking a network needs no training loop.
        from engine.sequential.bridge import bridge
        from engine.training.config import TrainingConfig
        from engine.training.trainer import Trainer

        if self.optimizer is None:
            raise EngineError("The network has no optimizer: call compile(optimizer=…, loss=…) first.")
        if y is None:
            raise DataError("Training needs targets: fit(x, y).")
        watchers = as_callbacks(callbacks)
        self._build_for(x)
        self.refresh()
        held_weights: ArrayLike | None = None
        if validation_data is None and validation_split:
            split = split_end(x, y, sample_weight, validation_split)
            (x, y, sample_weight), (held_x, held_y, held_weights) = split
            validation: tuple[Any, Any] | None = (held_x, held_y)
        elif validation_data is not None:
            validation = (validation_data[0], validation_data[1])
            held_weights = validation_data[2] if len(validation_data) > 2 else None
        else:
            validation = None
        size = 32 if batch_size is None else int(batch_size)
        config = TrainingConfig(
            optimizer=self.optimizer.kind,
            # A schedule may be at 0, where the settings of a run need a number.
            learning_rate=self.optimizer.learning_rate or 1e-12,
            batch_size=size,
            epochs=int(epochs) - int(initial_epoch),
            l1=l1,
            l2=l2,
            class_weights=class_weights(class_weight, self.output_shape[-1]),
            # Another fit visits the examples in another order; the same fits from the start in the same.
            seed=(self.seed + self._fits) % 2**32,
            threads=threads,
        )
        history = History()
        lines = [ProgressLines(sys.stdout.write)] if verbose else []
        checked = prepare_data(self, x, y, sample_weights=sample_weight)
        self.steps_in_epoch = -(-len(checked.inputs) // size)
        params = {"verbose": verbose, "epochs": int(epochs), "steps": self.steps_in_epoch}
        everybody = [*watchers, history, *lines]
        for callback in everybody:
            callback.set_params(params)
            callback.set_model(self)
        self.stop_training = False
        try_metrics((*(self.compiled_metrics or ()), *self.weighted_metrics), self, checked)
        heard = bridge(everybody, self, int(initial_epoch))
        trainer = Trainer(self, config, callbacks=[heard], optimizer=self.optimizer, shuffle=shuffle)
        finished = trainer.fit(x, y, validation, sample_weight, held_weights)
        history.finished = finished
        self.history = history
        self.push()
        self.release_buffers()
        self._fits += 1
        if finished.reason == "diverged":
            warnings.warn(finished.message, RuntimeWarning, stacklevel=2)
        return history

    def evaluate(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: ArrayLike | None = None,
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
        return_dict: bool = False,
    ) -> Any:  # noqa: ANN401 — a number, a list or a dict
        """[loss, metric, …] on examples, the loss alone, or a dict by name; raises `DataError` without targets."""
        if y is None:
            raise DataError("An evaluation needs targets: evaluate(x, y).")
        self._build_for(x)
        loss, data = self.require_loss(), prepare_data(self, x, y, sample_weights=sample_weight)
        targets, outputs = data.targets, self.logits(data.inputs, batch_size)
        value = float(loss.value(outputs, targets, data.weights)) + WeightPenalty(self.store).value()
        metrics = {"loss": value, **self.metric_values(outputs, targets, batch_size=batch_size or 32)}
        for metric in self.weighted_metrics:
            metrics[metric.name] = metric.value(loss, outputs, targets, data.weights)
        if verbose:
            shown = (f"{name}: {value:.4f}" for name, value in metrics.items() if isinstance(value, float))
            sys.stdout.write(" - ".join(shown) + "\n")
        if return_dict:
            return metrics
        return list(metrics.values()) if len(metrics) > 1 else metrics["loss"]

    def predict(
        self,
        x: ArrayLike,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Sequence[Callback] | None = None,
    ) -> FloatArray:
        """The last layer's outputs for examples (n, *input_shape), (n, *output_shape); builds the network for them."""
        self._build_for(x)
        return self.logits(x, batch_size)

    def __call__(self, x: ArrayLike, training: bool = False) -> Tensor:
        """The last layer's outputs, as `predict` gives them; in training with dropout and batch statistics."""
        self._build_for(x)
        if training:
            return as_tensor(self.forward(np.asarray(x), training=True).copy())
        return as_tensor(self.logits(x))

    def probabilities(self, x: ArrayLike, batch_size: int | None = None) -> FloatArray:
        """What the loss makes of the outputs: probabilities, whether the network gives logits or not; (n, …)."""
        outputs = self.predict(x, batch_size)
        return outputs if self.loss is None else np.asarray(self.loss.to_predictions(outputs))

    def predict_on_batch(self, x: ArrayLike) -> FloatArray:
        """The outputs for one batch."""
        return self.predict(x)

    def train_on_batch(
        self,
        x: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | Sequence[float] | None = None,
        return_dict: bool = False,
    ) -> Any:  # noqa: ANN401 — a number, a list or a dict
        """One step on these examples; loss and metrics before it. Raises `EngineError` unless compiled."""
        if self.optimizer is None:
            raise EngineError("The network has no optimizer: call compile(optimizer=…, loss=…) first.")
        self._build_for(x)
        self.refresh()
        data = prepare_data(self, x, y, class_weights(class_weight, self.output_shape[-1]), sample_weight)
        value, outputs = single_step(self, self.optimizer, data)
        self.push()
        metrics = {"loss": value, **self.metric_values(outputs, data.targets)}
        if return_dict:
            return metrics
        return list(metrics.values()) if len(metrics) > 1 else value

    def test_on_batch(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, return_dict: bool = False
    ) -> Any:  # noqa: ANN401 — a number, a list or a dict
        """Loss and metrics on one batch."""
        return self.evaluate(x, y, verbose=0, sample_weight=sample_weight, return_dict=return_dict)

    def loss_and_gradients(self, x: ArrayLike, y: ArrayLike) -> tuple[float, list[FloatArray]]:
        """The mean loss over all examples as one batch, and its gradients in the order of `get_weights`.

        Runs as in training (dropout active, batch statistics). Parameters that are not trained have no gradient
        and are left out.
        """
        loss, data = self.require_loss(), self._checked_data(x, y)
        value, gradient = loss.value_and_gradient(self.propagate(data.inputs, training=True), data.targets)
        self.backward(gradient)
        return float(value), [parameter.gradient.copy() for parameter in self.store.parameters if parameter.trainable]

    def summary(self, print_fn: Callable[[str], object] | None = None) -> None:
        """Write a table of the layers with `print_fn`, by default to standard output."""
        self.build_if_declared()
        text = summary_text(self)
        if print_fn is None:
            sys.stdout.write(text + "\n")
        else:
            print_fn(text)

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write layers, weights and loss to a safetensors file, which `keras.models.load_model` reads."""
        save_network(self, filepath, overwrite)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the weights to a safetensors file."""
        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike[str]) -> None:
        """Read what `save_weights` or `save` wrote; `ShapeError` leaves the network as it was."""
        load_weights(self, filepath)

    def _infer(self, inputs: FloatArray, chunk_size: int | None) -> FloatArray:
        """Outputs for checked inputs, on several threads when there are many."""
        if len(inputs) < _WORTH_THREADS:
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

    def _checked_data(self, x: ArrayLike, y: ArrayLike) -> TrainingData:
        """Examples and targets, checked as `fit` checks them; `DataError` for none, and for what is not finite."""
        return prepare_data(self, x, y)
