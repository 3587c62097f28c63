"""`fit` in single steps, for data that come in batches and for passes that are cut; whole arrays have a faster loop."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.batches.examples import prepare_data
from engine.errors import DataError
from engine.sequential.bridge import hears_steps
from engine.sequential.callbacks import Callback
from engine.sequential.fitting import single_step, try_metrics
from engine.sequential.streaming import BatchStream, validates
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingFinished
from engine.training.run_state import LastFiniteWeights


class StepwiseRun:
    """Trains a network batch by batch.

    Args:
        network: compiled.
        callbacks: in the order in which they are called.
        stream: gives the batches.
        config: epochs, class weights and penalties count.
        validation: gives the batches that are only looked at, or None.
        frequency: every how many epochs that is done, or in which (from 1).
    """

    def __init__(
        self,
        network: Any,  # noqa: ANN401 — a `Sequential`, which names this module
        callbacks: Sequence[Callback],
        stream: BatchStream,
        config: TrainingConfig,
        validation: BatchStream | None,
        frequency: int | Sequence[int],
    ) -> None:
        self.network, self.callbacks, self.stream = network, callbacks, stream
        self.config, self.validation, self.frequency = config, validation, frequency
        self.finite = LastFiniteWeights(network.store)
        self.steps = self.epochs = 0

    def train(self, first: int) -> TrainingFinished:
        """All epochs, the first of which has this number (from 0); raises what data that do not fit raise."""
        network = self.network
        logs: dict[str, Any] = {}
        self._tell("on_train_begin", {})
        network.optimizer.begin(False)
        reason, message = "completed", "All epochs are done."
        for epoch in range(first, first + self.config.epochs):
            self._tell("on_epoch_begin", epoch, {})
            metrics = self._epoch()
            if metrics is None:
                self.finite.restore()
                reason, message = "diverged", "The loss is no finite number any more: lower the learning rate."
                break
            logs, self.epochs = metrics, self.epochs + 1
            if self.validation is not None and validates(epoch + 1, self.frequency):
                x, y, weights = self.validation.gathered()
                held_out = network.evaluate(
                    x, y, verbose=0, sample_weight=weights, callbacks=self.callbacks, return_dict=True
                )
                logs |= {f"val_{name}": value for name, value in held_out.items()}
            self._tell("on_epoch_end", epoch, logs)
            if network.stop_training:
                reason, message = "early stopping", "Stopped early by a callback."
                break
        network.optimizer.finalize(network.store.values)
        self._tell("on_train_end", dict(logs))
        return TrainingFinished(reason, message, self.epochs, 0, (), 0.0, 0.0)

    def _epoch(self) -> dict[str, Any] | None:
        """The metrics of an epoch; None where the loss is not finite any more."""
        network = self.network
        total, count = 0.0, 0
        seen: list[tuple[Any, Any, Any]] = []
        for number, (inputs, targets, weights) in enumerate(self.stream.epoch()):
            if targets is None:
                raise DataError("Training needs targets: a batch is (inputs, targets).")
            data = prepare_data(network, inputs, targets, self.config.class_weights, weights)
            if not self.steps:
                try_metrics((*(network.compiled_metrics or ()), *network.weighted_metrics), network, data)
            self._tell("on_train_batch_begin", number, {})
            self.finite.before_step()
            loss, outputs = single_step(network, network.optimizer, data, self.config.l1, self.config.l2)
            if not math.isfinite(loss):
                return None
            self.finite.after_step()
            # The next batch pulls the values of shared layers from where they come.
            network.push()
            self.steps += 1
            total, count = total + loss * len(inputs), count + len(inputs)
            seen.append((outputs, data.targets, data.weights))
            self._tell("on_train_batch_end", number, {"loss": total / count, **self._means_so_far(seen)})
            if network.stop_training:
                break
        if not seen:
            raise DataError("The data gave no batches: a generator that has ended begins anew in no epoch.")
        outputs, targets = np.concatenate([part[0] for part in seen]), np.concatenate([part[1] for part in seen])
        return {"loss": total / count, **network.metric_values(outputs, targets, batch_size=len(seen[0][0]))}

    def _means_so_far(self, seen: Sequence[tuple[Any, Any, Any]]) -> dict[str, Any]:
        """The metrics of an epoch's steps so far, where a callback asks for them."""
        if not hears_steps(self.callbacks):
            return {}
        outputs, targets = (np.concatenate([part[place] for part in seen]) for place in (0, 1))
        means: dict[str, Any] = self.network.metric_values(outputs, targets, batch_size=len(seen[0][0]))
        return means

    def _tell(self, hook: str, *given: Any) -> None:  # noqa: ANN401 — what the hook takes
        for callback in self.callbacks:
            getattr(callback, hook)(*given)
