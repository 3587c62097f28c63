"""`Sequential`: a stack of layers with Keras' names, so that a course's snippets run.

network = Sequential([Dense(25, activation="relu"), Dense(1)])
network.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=Adam(1e-3), metrics=["accuracy"])
network.fit(x, y, epochs=100)
probabilities = network.predict(x)
"""

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.examples import TrainingData, prepare_data
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, EngineError, ShapeError
from engine.evaluation.metrics import METRICS, task_metrics
from engine.losses import Loss, make_loss
from engine.network.network import Network
from engine.network.summary import summary_text
from engine.optimizers import Optimizer, optimizer_named

if TYPE_CHECKING:
    from engine.training.callbacks import Callback
    from engine.training.history import History

# From this many examples on, starting threads costs less than they save.
_WORTH_THREADS = 1024


class Sequential(Network):
    """A network that can be compiled, fitted, evaluated and asked.

    Attributes (see also `Network`):
        optimizer: what `fit` takes its steps with; None until compiled.
    """

    optimizer: Optimizer | None = None
    _fits = 0

    def compile(
        self,
        optimizer: str | Optimizer = "rmsprop",
        loss: str | Loss | None = None,
        metrics: Sequence[str] | None = None,
    ) -> None:
        """Choose optimizer, loss and metrics, by name or as objects; an optimizer's memory starts afresh.

        Raises `ConfigurationError` for an unknown name, and for what is no optimizer.
        """
        if isinstance(optimizer, str):
            optimizer = optimizer_named(optimizer)
        elif not isinstance(optimizer, Optimizer):
            raise ConfigurationError(f"An optimizer is a name or an optimizer object, not {optimizer!r}.", "optimizer")
        if isinstance(metrics, str):
            metrics = (metrics,)
        unknown = [metric for metric in metrics or () if metric not in METRICS]
        if unknown:
            raise ConfigurationError(
                f"There is no metric {unknown[0]!r}; the metrics are {', '.join(METRICS)}.", "metrics"
            )
        self.loss = None if loss is None else make_loss(loss)
        optimizer.reset()
        self.optimizer = optimizer
        self.metrics = None if metrics is None else tuple(metrics)
        self.build_if_declared()

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        epochs: int = 1,
        batch_size: int | None = 32,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        verbose: int = 1,
        callbacks: Sequence["Callback"] = (),
        class_weight: Mapping[int, float] | Sequence[float] | None = None,
        initial_epoch: int = 0,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        threads: int = 0,
    ) -> "History":
        """Train on examples x (n, *input_shape) with targets y, and return the history of the epochs.

        Args:
            x: the examples.
            y: what the loss compares their outputs with.
            epochs: number of the last pass over the data.
            batch_size: examples in a step, None for 32 (an optimizer like L-BFGS takes all).
            validation_data: x and y that are only looked at, after each epoch.
            validation_split: instead, this part of the examples, taken from the end.
            shuffle: visit the examples in a new order in every epoch.
            verbose: 0 for silence, else a line an epoch.
            callbacks: called in this order.
            class_weight: factor of the loss for each class; classes that a mapping leaves out have 1.
            initial_epoch: number of epochs done before, for the count.
            l1: weight of the penalty Σ|w| over the kernels, which is part of the loss.
            l2: weight of the penalty Σw² over the kernels.
            threads: worker threads, 0 for a good default.

        Raises:
            ShapeError, DataError, ConfigurationError: data or settings that do not fit; the network is unchanged.

        A run that diverges ends with the last finite weights and a `RuntimeWarning`.
        """
        # Loaded here, for start-up time: asking a network needs no training loop.
        from engine.training.config import TrainingConfig
        from engine.training.history import History
        from engine.training.trainer import Trainer

        if self.optimizer is None:
            raise EngineError("The network has no optimizer: call compile(optimizer=…, loss=…) first.")
        self._build_for(x)
        if validation_data is None and validation_split:
            x, y, validation_data = _split_end(x, y, validation_split)
        config = TrainingConfig(
            optimizer=self.optimizer.kind,
            learning_rate=self.optimizer.learning_rate,
            batch_size=32 if batch_size is None else int(batch_size),
            epochs=int(epochs) - int(initial_epoch),
            l1=l1,
            l2=l2,
            class_weights=self._class_weights(class_weight),
            # Another fit visits the examples in another order; the same fits from the start in the same.
            seed=(self.seed + self._fits) % 2**32,
            threads=threads,
        )
        write = sys.stdout.write if verbose else None
        history = History(self.metrics, int(epochs), int(initial_epoch), write)
        trainer = Trainer(self, config, callbacks=[history, *callbacks], optimizer=self.optimizer, shuffle=shuffle)
        finished = trainer.fit(x, y, validation_data)
        self.release_buffers()
        self._fits += 1
        if finished.reason == "diverged":
            warnings.warn(finished.message, RuntimeWarning, stacklevel=2)
        return history

    def evaluate(
        self, x: ArrayLike, y: ArrayLike, batch_size: int | None = None, verbose: int = 1, return_dict: bool = False
    ) -> float | list[float] | dict[str, float]:
        """Loss and metrics on examples: [loss, metric, …], the loss alone without metrics, or a dict by name."""
        self._build_for(x)
        loss, data = self.require_loss(), self._checked_data(x, y)
        targets, outputs = data.targets, self.logits(data.inputs, batch_size)
        figures = {"loss": float(loss.value(outputs, targets))}
        known = task_metrics(loss, outputs, targets, self.metrics or ())
        figures |= known if self.metrics is None else {name: known[name] for name in self.metrics}
        if verbose:
            sys.stdout.write(" - ".join(f"{name}: {value:.4f}" for name, value in figures.items()) + "\n")
        if return_dict:
            return figures
        return list(figures.values()) if len(figures) > 1 else figures["loss"]

    def predict(self, x: ArrayLike, batch_size: int | None = None, verbose: int = 0) -> FloatArray:
        """Probabilities (or values) for examples (n, *input_shape); the outputs themselves without a loss."""
        outputs = self.logits(x, batch_size)
        return outputs if self.loss is None else self.loss.to_predictions(outputs)

    def loss_and_gradients(self, x: ArrayLike, y: ArrayLike) -> tuple[float, list[FloatArray]]:
        """The mean loss over all examples as one batch, and its gradients in the order of `get_weights`.

        Runs as in training (dropout active, batch statistics). Parameters that are not trained have no gradient
        and are left out.
        """
        loss, data = self.require_loss(), self._checked_data(x, y)
        value, gradient = loss.value_and_gradient(self.propagate(data.inputs, training=True), data.targets)
        self.backward(gradient)
        return float(value), [parameter.gradient.copy() for parameter in self.weights() if parameter.trainable]

    def summary(self, print_fn: Callable[[str], object] | None = None) -> None:
        """Write a table of the layers with `print_fn`, by default to standard output."""
        self.build_if_declared()
        text = summary_text(self)
        if print_fn is None:
            sys.stdout.write(text + "\n")
        else:
            print_fn(text)

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

    def _class_weights(self, given: Mapping[int, float] | Sequence[float] | None) -> tuple[float, ...] | None:
        if given is None:
            return None
        if not isinstance(given, Mapping):
            return tuple(float(weight) for weight in given)
        classes = max(2, self.output_shape[-1])
        if any(number not in range(classes) for number in given):
            raise ConfigurationError(f"Class weights are for the classes 0 to {classes - 1}, not {list(given)}.")
        return tuple(float(given.get(number, 1.0)) for number in range(classes))


def _split_end(x: ArrayLike, y: ArrayLike, part: float) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """The examples without their last part, and that part."""
    if not 0 < part < 1:
        raise ConfigurationError(f"The validation split is a part from 0 to below 1, not {part}.", "validation_split")
    inputs, targets = np.asarray(x), np.asarray(y)
    first = int(len(inputs) * (1 - part))
    return inputs[:first], targets[:first], (inputs[first:], targets[first:])
