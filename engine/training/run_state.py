"""Where a training run is: everything that changes from batch to batch apart from the network and the optimizer."""

import math
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.core.parameters import FloatArray, IntArray, ParameterStore, Shape
from engine.evaluation.metrics import right_answers
from engine.losses import Loss
from engine.training.knobs import KnobChange
from engine.training.messages import EpochEnded

# Steps between two copies of the weights that are known to be finite.
_COPY_INTERVAL = 64
_REPORT_INTERVAL_SECONDS = 0.1


class BatchMetrics(NamedTuple):
    """What is told about some batches: losses with and without penalties, accuracies (NaN where there are none)."""

    losses: Sequence[float]
    data_losses: Sequence[float]
    accuracies: Sequence[float]


class EpochMetrics:
    """The running sums of an epoch, and the outputs that its metrics are computed from.

    Right answers are counted for several batches at once, when somebody wants to know: in `flush`.

    Attributes:
        seen: examples so far.
        loss_sum, data_loss_sum: sums over these examples.
        outputs: (examples of the epoch, *output_shape), in the order of the visits; rows from `seen` on are not filled.
        open: loss, loss without penalties and first example of the batches since the last `flush`.
    """

    def __init__(self, output_shape: Shape, dtype: DTypeLike) -> None:
        self.outputs: FloatArray = np.empty((0, *output_shape), dtype)
        self._count = 0
        self.reset()

    def reset(self) -> None:
        """Start an epoch."""
        self.seen = 0
        self.loss_sum = self.data_loss_sum = 0.0
        self._settled = self._right = self._judged = 0
        self.open: list[tuple[float, float, int]] = []

    def make_room(self, count: int) -> None:
        """Take epochs of `count` examples; what was added so far is kept."""
        self._count = count
        if self.seen:
            self._allocate_like(self.outputs)
        elif len(self.outputs) != count:
            self.outputs = self.outputs[:0]

    def add(self, outputs: FloatArray, loss: float, data_loss: float) -> None:
        """Take in a batch; the outputs are copied."""
        size = len(outputs)
        if len(self.outputs) != self._count:
            self._allocate_like(outputs)
        self.open.append((loss, data_loss, self.seen))
        self.outputs[self.seen : self.seen + size] = outputs
        self.seen += size
        self.loss_sum += loss * size
        self.data_loss_sum += data_loss * size

    def _allocate_like(self, outputs: FloatArray) -> None:
        """Make room for an epoch in the memory order of these outputs: a batch is copied fastest into its own."""
        by_columns = outputs.ndim == 2 and outputs.strides[0] == outputs.itemsize
        room = np.empty((self._count, *outputs.shape[1:]), outputs.dtype, order="F" if by_columns else "C")
        room[: self.seen] = self.outputs[: self.seen]
        self.outputs = room

    def flush(self, loss: Loss, targets: NDArray[Any], order: IntArray) -> BatchMetrics:
        """The metrics of the batches since the last call.

        Args:
            loss: says what a right answer is.
            targets: of all the training data.
            order: of the epoch, (examples,).
        """
        first, stop = self._settled, self.seen
        right, judged = right_answers(loss, self.outputs[first:stop], targets.take(order[first:stop], axis=0))
        starts = np.array([start for _, _, start in self.open], np.intp) - first
        rights, judgeds = np.add.reduceat(right, starts).tolist(), np.add.reduceat(judged, starts).tolist()
        accuracies = [hits / answers if answers else math.nan for hits, answers in zip(rights, judgeds, strict=True)]
        # After a resume, batches from before it are counted here without being told again.
        self._right += int(right.sum())
        self._judged += int(judged.sum())
        self._settled = stop
        told = BatchMetrics([batch[0] for batch in self.open], [batch[1] for batch in self.open], accuracies)
        self.open = []
        return told

    @property
    def flushed(self) -> bool:
        """Whether all examples so far are counted; after a resume, those from before it are not."""
        return self._settled == self.seen

    @property
    def accuracy(self) -> float:
        """Part of the judged answers that are right, of all batches that are settled; NaN without any."""
        return self._right / self._judged if self._judged else math.nan

    @property
    def loss(self) -> float:
        """Mean over the examples, so that a short last batch does not count too much."""
        return self.loss_sum / max(1, self.seen)

    @property
    def data_loss(self) -> float:
        """The same without penalties."""
        return self.data_loss_sum / max(1, self.seen)

    def state_dict(self) -> dict[str, Any]:
        """Copies of what an exact resume needs."""
        return {
            "loss_sum": self.loss_sum,
            "data_loss_sum": self.data_loss_sum,
            "outputs": self.outputs[: self.seen].copy(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.reset()
        self.outputs = np.array(state["outputs"])
        self.seen = len(self.outputs)
        self.loss_sum = float(state["loss_sum"])
        self.data_loss_sum = float(state["data_loss_sum"])


@dataclass(slots=True)
class RunState:
    """The position of a run and what it has found so far.

    Attributes:
        epoch: finished epochs.
        batch: finished batches of the current epoch.
        step: finished batches in all.
        history: the finished epochs.
        best_epoch: number (from 1) of the best epoch, 0 before the first.
        best_loss: its watched loss, or the metric that early stopping watches, as if less were better.
        best_weights: snapshot of its weights, where it is kept.
        changes: the turns of knobs so far, in order.
        seconds, images: training time without pauses, and examples trained, over the whole run.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    history: list[EpochEnded] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = float("inf")
    best_weights: FloatArray | None = None
    seconds: float = 0.0
    images: int = 0
    changes: list[KnobChange] = field(default_factory=list)

    def copy(self) -> "RunState":
        """A state that goes its own way; events and snapshots are read-only and shared."""
        return replace(self, history=list(self.history), changes=list(self.changes))


class LastFiniteWeights:
    """Remembers recent weights that gave a finite loss, to return to when a run diverges.

    A copy is a candidate until the loss at these very weights is known; only then does it replace the one before.
    """

    def __init__(self, store: ParameterStore) -> None:
        self._store = store
        self._good = (store.values.copy(), store.state.copy())
        self._candidate = (store.values.copy(), store.state.copy())
        self._countdown = 0

    def before_step(self) -> None:
        """Copy the weights now and then, before they are evaluated."""
        if self._countdown == 0:
            np.copyto(self._candidate[0], self._store.values)
            np.copyto(self._candidate[1], self._store.state)

    def after_step(self) -> None:
        """The loss at the weights before the step was finite."""
        if self._countdown == 0:
            self._good, self._candidate = self._candidate, self._good
            self._countdown = _COPY_INTERVAL
        self._countdown -= 1

    def restore(self) -> None:
        """Write the remembered weights back."""
        np.copyto(self._store.values, self._good[0])
        np.copyto(self._store.state, self._good[1])


class Stopwatch:
    """Measures training time and speed; pauses are left out.

    Args:
        seconds, images, first_step: where a resumed run stands; 0 for a new one.
    """

    def __init__(self, seconds: float = 0.0, images: int = 0, first_step: int = 0) -> None:
        self.first_step = first_step
        self._at_start = self._before = seconds
        self._running_since = time.perf_counter()
        self._window: deque[tuple[float, int]] = deque([(seconds, images)])

    def seconds(self) -> float:
        """Training time so far, earlier parts of a resumed run included."""
        return self._before + time.perf_counter() - self._running_since

    def seconds_of_run(self) -> float:
        """Training time since this watch was made."""
        return self.seconds() - self._at_start

    def hold(self) -> None:
        """Stop the time."""
        self._before = self.seconds()

    def go_on(self) -> None:
        """Let the time run again after `hold`."""
        self._running_since = time.perf_counter()

    def images_per_second(self, images: int, always: bool = False) -> float | None:
        """The speed over about the last second; None (unless `always`) when the last value is fresh enough."""
        now = self.seconds()
        if now - self._window[-1][0] < _REPORT_INTERVAL_SECONDS and not always:
            return None
        self._window.append((now, images))
        while len(self._window) > 2 and now - self._window[0][0] > 1.0:
            self._window.popleft()
        first_seconds, first_images = self._window[0]
        return (images - first_images) / max(now - first_seconds, 1e-9)
