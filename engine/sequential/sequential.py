"""`Sequential`: a stack of layers with Keras' names, so that a course's snippets run.

network = Sequential([Dense(25, activation="relu"), Dense(1, activation="sigmoid")])
network.compile(loss=BinaryCrossentropy(), optimizer=Adam(1e-3), metrics=["accuracy"])
network.fit(x, y, epochs=100)
probabilities = network.predict(x)
"""

import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.examples import prepare_data
from engine.errors import DataError, EngineError
from engine.layer_support.own_classes import own_classes
from engine.sequential.asked_network import AskedNetwork
from engine.sequential.callbacks import Callback, History, ProgressLines
from engine.sequential.fitting import as_callbacks, class_weights, single_step, split_end, try_metrics
from engine.sequential.own_rules import NoLoss, charges_outputs, has_own_rules
from engine.sequential.streaming import (
    BatchStream,
    built_for,
    gives_batches,
    steps_known,
    validation_stream,
)

# From this many examples on, starting threads costs less than they save.
_WORTH_THREADS = 1024


class Sequential(AskedNetwork):
    """A network that can be compiled, fitted, evaluated and asked.

    Attributes (see also `AskedNetwork`):
        stop_training: set by a callback to end the run.
        history: of the last fit.
        steps_in_epoch, validation_batches: of the last fit.
    """

    stop_training = False
    history: History | None = None
    steps_in_epoch = 0
    validation_batches = 0
    _fits = 0

    @classmethod
    def from_config(
        cls,
        configs: Any,  # noqa: ANN401 — of `config` or `get_config`
        custom_objects: Mapping[str, Any] | None = None,
        **settings: Any,  # noqa: ANN401
    ) -> Self:
        """The network that `config` or `get_config` described, built when an input shape is given.

        `custom_objects` are classes of one's own in it, by name.
        """
        if custom_objects:
            with own_classes(custom_objects):
                return cls.from_config(configs, **settings)
        if isinstance(configs, dict):
            describes_graph = getattr(cls, "from_description", None)
            if describes_graph is not None:
                branched: Self = describes_graph(configs)
                return branched
            settings = {"name": configs["name"], "input_shape": configs.get("input_shape")} | settings
            configs = configs["layers"]
        return super().from_config(configs, **settings)

    def fit(
        self,
        x: Any,  # noqa: ANN401 — arrays, lists, or batches
        y: Any = None,  # noqa: ANN401 — arrays or lists
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,  # noqa: ANN401 — (x, y), (x, y, weights), or batches
        shuffle: bool = True,
        class_weight: Mapping[int, float] | Sequence[float] | None = None,
        sample_weight: Any = None,  # noqa: ANN401 — arrays or lists
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        threads: int = 0,
    ) -> History:
        """Train on examples x (n, *input_shape) with targets y, and return the history of the epochs.

        Args:
            x: the examples; or a generator or a `PyDataset` of batches (inputs, targets) or (inputs, targets, weights).
            y: what the loss compares their outputs with; None where the batches bring it.
            batch_size: examples in a step, None for 32 (an optimizer like L-BFGS takes all).
            epochs: number of the last pass over the data.
            verbose: 0 for silence, else a line an epoch.
            callbacks: called in this order.
            validation_split: this part of the examples, taken from the end, is only looked at.
            validation_data: instead, x and y, and perhaps weights, or batches, that are only looked at after epochs.
            shuffle: visit the examples in a new order in every epoch.
            class_weight: factor of the loss for each class; classes that a mapping leaves out have 1.
            sample_weight: factor of the loss for each example.
            initial_epoch: number of epochs done before, for the count.
            steps_per_epoch: batches that count as an epoch, needed for a generator without end; the next epoch goes on.
            validation_steps: the same for the validation data.
            validation_batch_size: examples in a batch of those.
            validation_freq: validate every so many epochs, or in the listed ones (from 1).
            l1: weight of the penalty Σ|w| over the kernels, which is part of the loss.
            l2: weight of the penalty Σw² over the kernels.
            threads: worker threads, 0 for a good default.

        Raises:
            EngineError: the network is not compiled.
            ShapeError, DataError, ConfigurationError: data or settings that do not fit; the network is unchanged.

        A run that diverges ends with the last finite weights and a `RuntimeWarning`.
        """
        # Loaded here, for start-up time: asking a network needs no training loop.
        from engine.sequential.bridge import bridge, hears_steps
        from engine.sequential.stepwise import StepwiseRun
        from engine.training.config import TrainingConfig
        from engine.training.trainer import Trainer

        if self.optimizer is None:
            raise EngineError("The network has no optimizer: call compile(optimizer=…, loss=…) first.")
        streamed = gives_batches(x)
        if self.writes("train_step"):
            return self._fit_by_own_steps(
                x if streamed else (x, y, sample_weight),
                validation_data,
                as_callbacks(callbacks),
                range(int(initial_epoch), int(epochs)),
                batch_size or 32,
                shuffle,
                steps_per_epoch,
                verbose,
            )
        watchers = as_callbacks(callbacks)
        # Where a training was cut off, it goes on.
        done = [watcher.epochs_done() for watcher in watchers if hasattr(watcher, "epochs_done")]
        initial_epoch = max(int(initial_epoch), *done, 0)
        x, y, sample_weight = self.arranged(x, y, sample_weight)
        if self.loss is None and charges_outputs(self):
            self.loss = NoLoss()
        if y is None and isinstance(self.loss, NoLoss):
            y = np.zeros(len(x))
        if y is None and not streamed:
            raise DataError("Training needs targets: fit(x, y).")
        if isinstance(validation_data, list | tuple):
            validation_data = self.arranged(*(*validation_data, None)[:3])
        if streamed:
            if y is not None or sample_weight is not None or validation_split:
                raise DataError("Batches bring targets and weights with them, and cannot be split for validation.")
            x = built_for(self, x)
        else:
            self._build_for(x)
        self.refresh()
        held_out = validation_data
        if validation_data is None and validation_split:
            (x, y, sample_weight), held_out = split_end(x, y, sample_weight, validation_split)
        size = 32 if batch_size is None else int(batch_size)
        self.validation_batches = 0 if gives_batches(held_out) or held_out is None else -(-len(held_out[0]) // size)
        stepwise = streamed or gives_batches(held_out) or steps_per_epoch or validation_steps or validation_freq != 1
        # The loop of whole trainings knows loss and accuracy alone before an epoch's end.
        stepwise = stepwise or has_own_rules(self)
        stepwise = stepwise or (hears_steps(watchers) and not set(self.metrics_names) <= {"loss", "accuracy"})
        config = TrainingConfig(
            optimizer=self.optimizer.kind,
            # A schedule may be at 0, where the settings of a run need a number.
            learning_rate=self.optimizer.learning_rate or 1e-12,
            batch_size=size,
            epochs=int(epochs) - int(initial_epoch),
            l1=l1,
            l2=l2,
            class_weights=class_weights(class_weight, self.answer_shape[-1]),
            # Another fit visits the examples in another order; the same fits from the start in the same.
            seed=(self.seed + self._fits) % 2**32,
            threads=threads,
        )
        history = History()
        lines = [ProgressLines(sys.stdout.write)] if verbose else []
        checked = None if streamed else prepare_data(self, x, y, sample_weights=sample_weight)
        self.steps_in_epoch = steps_per_epoch or (
            -(-len(checked.inputs) // size) if checked is not None else steps_known(x)
        )
        params = {"verbose": verbose, "epochs": int(epochs), "steps": self.steps_in_epoch or None}
        everybody = [*watchers, history, *lines]
        for callback in everybody:
            callback.set_params(params)
            callback.set_model(self)
        self.stop_training = False
        if checked is not None:
            try_metrics((*(self.compiled_metrics or ()), *self.weighted_metrics), self, checked)
        if stepwise:
            own = np.random.default_rng(config.seed)
            stream = BatchStream(
                x if streamed else (x, y, sample_weight), size, own.permutation if shuffle else range, steps_per_epoch
            )
            held = validation_stream(held_out, validation_batch_size or size, validation_steps)
            run = StepwiseRun(self, everybody, stream, config, held, validation_freq)
            finished = run.train(int(initial_epoch))
        else:
            heard = bridge(everybody, self, int(initial_epoch))
            trainer = Trainer(self, config, callbacks=[heard], optimizer=self.optimizer, shuffle=shuffle)
            validation = None if held_out is None else (held_out[0], held_out[1])
            weights = held_out[2] if held_out is not None and len(held_out) > 2 else None
            finished = trainer.fit(x, y, validation, sample_weight, weights)
        history.finished = finished
        self.history = history
        self.push()
        self.release_buffers()
        self._fits += 1
        if finished.reason == "diverged":
            warnings.warn(finished.message, RuntimeWarning, stacklevel=2)
        return history

    def _fit_by_own_steps(
        self,
        data: Any,  # noqa: ANN401
        validation: Any,  # noqa: ANN401
        watchers: Sequence[Callback],
        epochs: range,
        size: int,
        shuffle: bool,
        steps: int | None,
        verbose: int | str,
    ) -> History:
        from engine.sequential.own_run import fitted

        history = History()
        everybody = [*watchers, history, *([ProgressLines(sys.stdout.write)] if verbose else [])]
        for callback in everybody:
            callback.set_params({"verbose": verbose, "epochs": epochs.stop, "steps": steps})
            callback.set_model(self)
        self.stop_training, self.history = False, history
        order = np.random.default_rng([self.seed, self._fits]) if shuffle else None
        fitted(self, data, validation, everybody, epochs, size, order, steps)
        self._fits += 1
        return history

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
        x, y, sample_weight = self.arranged(x, y, sample_weight)
        self._build_for(x)
        self.refresh()
        data = prepare_data(self, x, y, class_weights(class_weight, self.answer_shape[-1]), sample_weight)
        value, outputs = single_step(self, self.optimizer, data)
        self.push()
        metrics = {"loss": value, **self.metric_values(outputs, data.targets)}
        if return_dict:
            return metrics
        return list(metrics.values()) if len(metrics) > 1 else value
