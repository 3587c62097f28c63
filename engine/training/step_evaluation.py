"""Loss and gradients of one step, penalties included; between slices the control is asked to stop or to hold."""

import numpy as np

from engine.batches.batch import Batch
from engine.batches.examples import TrainingData
from engine.core.parameters import FloatArray
from engine.losses import WeightPenalty
from engine.network.network import Network
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.training.messages import TrainingControl
from engine.training.run import Run

# A convolutional network needs some 50 ms for this many digits: nobody waits longer for a stop.
SLICE = 1024


class StepAbandoned(Exception):
    """Stop was asked for in the middle of a step; the weights are as they were before it."""


class StepEvaluation:
    """What an optimizer calls to learn about a batch; fills `network.store.gradients`.

    A batch of many thousand examples goes through in slices, whose losses and gradients are averaged by their size.

    Args:
        network: in training.
        evaluator: computes on several threads.
        penalty: added to every loss.
        control: is asked before each slice.

    Attributes:
        data_loss: of the last evaluation, without penalties.
        whole: whether somebody needs the gradients; False when `evaluator.update` follows.
        outputs: of the last evaluation, (batch, *output_shape); the next one overwrites them.
    """

    def __init__(
        self,
        network: Network,
        evaluator: BatchEvaluator,
        penalty: WeightPenalty,
        control: TrainingControl,
    ) -> None:
        self._network, self._evaluator, self._control = network, evaluator, control
        # Statistics over a batch need the whole batch at once.
        self._may_cut = not any(layer.couples_examples for layer in network.layers)
        self._gradient_sum: FloatArray = np.empty(0, network.dtype)
        self._all_outputs: FloatArray = np.empty((0, *network.answer_shape), network.dtype)
        self.data_loss = 0.0
        self.set_penalty(penalty)
        self.outputs = self._all_outputs

    def set_penalty(self, penalty: WeightPenalty) -> None:
        """Take another penalty, between two batches."""
        self._penalty = penalty
        self.whole = penalty.acts or not self._evaluator.shares_updates

    def __call__(self, batch: Batch) -> float:
        """The loss at the present weights, penalties included; raises `StepAbandoned`."""
        if len(batch.examples) > SLICE and self._may_cut:
            self._evaluate_in_slices(batch)
        else:
            self._control.wait_while_held()
            self.data_loss, self.outputs = self._evaluator.evaluate(batch, self.whole)
        return self.data_loss + self._penalty.add()

    def _evaluate_in_slices(self, batch: Batch) -> None:
        count, gradients, clock = len(batch.examples), self._network.store.gradients, self._network.clock
        if len(self._all_outputs) < count:
            self._all_outputs = np.empty((count, *self._network.answer_shape), self._network.dtype)
            self._gradient_sum = np.empty_like(gradients)
        self.outputs = self._all_outputs[:count]
        self._gradient_sum[...] = 0
        self.data_loss = 0.0
        for number, start in enumerate(range(0, count, SLICE)):
            clock.set(clock.step, number)
            self._control.wait_while_held()
            if self._control.stop_requested:
                raise StepAbandoned
            part = slice(start, min(start + SLICE, count))
            loss, outputs = self._evaluator.evaluate(batch.part(part))
            share = (part.stop - start) / count
            self.data_loss += loss * share
            gradients *= share
            self._gradient_sum += gradients
            self.outputs[part] = outputs
        np.copyto(gradients, self._gradient_sum)


def start_processes(run: Run, evaluator: BatchEvaluator, data: TrainingData, batch_size: int) -> None:
    """Let worker processes take part in the run, where that pays."""
    count = len(data.inputs)
    size = count if run.optimizer.full_batch else min(batch_size, count)
    # Of the whole run, whatever is left of it: a resumed run has to round as if it had not been stopped.
    steps = run.config.epochs * -(-count // size)
    evaluator.use_processes(data, min(size, SLICE), steps, run.optimizer)
