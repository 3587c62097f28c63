"""The training loop: the only one, for every network, optimizer and task.

    for each epoch:  for each batch:  look at the control · evaluate · step · record
                     validate · record · call schedule and callbacks

Everything that decides the numbers follows from the settings, the data and the position in the run, so that a run
that is stopped and resumed goes on exactly as if it had not been.
"""

import math
import time
from dataclasses import replace
from functools import partial

import numpy as np

from engine.batches.batch import Batch
from engine.batches.batch_source import Augment, BatchSource
from engine.batches.examples import TrainingData
from engine.core.wording import counted
from engine.losses import WeightPenalty
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.training.callbacks import EarlyStopping, watched_loss, watched_metric
from engine.training.divergence import explain_divergence
from engine.training.knob_turning import KnobTurning
from engine.training.messages import EpochEnded
from engine.training.run import BatchEnded, Callback, Ending, Run
from engine.training.run_state import BatchMetrics, LastFiniteWeights, Stopwatch
from engine.training.step_evaluation import StepAbandoned, StepEvaluation, start_processes
from engine.training.step_measures import StepMeasures

# The monitor hears of batches this often: watchers look less often, and many small batches are counted faster at once.
_REPORT_INTERVAL_SECONDS = 0.02


class TrainingLoop:
    """One pass of the loop: `train` goes from `run.state` to the end, whatever the end is.

    Args:
        run: whose network, optimizer, settings and state are used.
        evaluator: computes losses and gradients.
        data: to train on.
        held_out: to validate on, or None.
    """

    def __init__(self, run: Run, evaluator: BatchEvaluator, data: TrainingData, held_out: TrainingData | None) -> None:
        self.run, self.evaluator, self.data, self.held_out = run, evaluator, data, held_out
        self.network, self.optimizer, self.config = run.network, run.optimizer, run.config
        self.monitor, self.control, self.state, self.metrics = run.monitor, run.control, run.state, run.metrics
        self.batch_size = self.config.batch_size
        self.batches = self._make_batches(run.augment)
        self.loss = self.network.require_loss()
        self._l2 = self.config.l2
        start_processes(run, evaluator, data, self.batch_size)
        self.finite = LastFiniteWeights(self.network.store)
        self.watch = Stopwatch(self.state.seconds, self.state.images, self.state.step)
        stopping = [callback for callback in run.callbacks if isinstance(callback, EarlyStopping)]
        self.restore_best = self.config.restore_best or any(callback.restore_best_weights for callback in stopping)
        self.metric = stopping[0].metric if stopping else watched_loss
        self.listeners = [c for c in run.callbacks if type(c).on_batch_end is not Callback.on_batch_end]
        self.evaluation = StepEvaluation(self.network, evaluator, self._make_penalty(), self.control)
        self.measures = StepMeasures(self.network, self.optimizer, self.evaluation, self.monitor)
        self.knobs = KnobTurning(self)
        self._report_at = 0.0

    def train(self) -> Ending:
        """Train; returns reason and sentence of the end."""
        state = self.state
        self.knobs.start()
        self.monitor.begin(self.config.epochs, self.steps_per_epoch, state.step, (state.epoch, state.batch))
        try:
            while self.state.epoch < self.config.epochs:
                ending = self._epoch()
                if ending is not None:
                    return ending
        finally:
            self.batches.close()
            self._report_batches()
            self.knobs.finish()
        return "completed", f"Finished {counted(self.state.epoch, 'epoch')}."

    # ---- what knobs change ----

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        return self.batches.steps_per_epoch

    @property
    def place(self) -> int:
        """How many batches of the present size the run would have done by now: what order and schedule go by."""
        return self.state.epoch * self.steps_per_epoch + self.state.batch

    def set_l2(self, l2: float) -> None:
        """Penalize the weights more or less from the next batch on."""
        self._l2 = l2
        self.evaluation.set_penalty(self._make_penalty())

    def set_batch_size(self, size: int) -> None:
        """Cut the epochs into batches of another size from the next one on; between two epochs, or before the run."""
        self._report_batches()
        before, self.batch_size = self.batches, size
        self.batches = self._make_batches(before.augment)
        before.close()
        schedule, config = self.run.schedule, self.config
        schedule.begin(schedule.base_rate, self.steps_per_epoch * config.epochs, self.steps_per_epoch, resumed=True)
        self.renew()
        self.monitor.resize(self.steps_per_epoch, self.state.step, (self.state.epoch, self.state.batch))

    def renew(self) -> None:
        """Make replicas and worker processes anew, of the network as it is now."""
        self.evaluator.renew()
        start_processes(self.run, self.evaluator, self.data, self.batch_size)
        # Its views go to the memory that the parameters lie in now.
        self.evaluation.set_penalty(self._make_penalty())

    def _make_penalty(self) -> WeightPenalty:
        return WeightPenalty(self.network.store, self.config.l1, self._l2)

    def _make_batches(self, augment: Augment | None) -> BatchSource:
        run, count, config = self.run, len(self.data.inputs), self.config
        full_batch = self.optimizer.full_batch
        return BatchSource(
            self.data,
            count if full_batch else min(self.batch_size, count),
            config.epochs,
            config.seed,
            shuffle=run.shuffle and not full_batch,
            augment=augment,
            low_priority=run.low_priority,
            prefetch_rows=self.evaluator.has_core_to_spare(self.batch_size),
        )

    # ---- an epoch ----

    def _epoch(self) -> Ending | None:
        """The batches of an epoch that are not done yet, then validation; an ending, or None to go on."""
        state = self.state
        if state.batch == 0:
            self.metrics.reset()
            for callback in self.run.callbacks:
                callback.on_epoch_begin(self.run, state.epoch + 1)
        started, images = self.watch.seconds(), state.images
        self.knobs.begin_epoch()
        while state.batch < self.steps_per_epoch:
            if not self._may_go_on():
                return self._stopped()
            self.knobs.take()
            ending = self._batch(self.batches.batch(self.place))
            if ending is not None:
                return ending
        trained = max(self.watch.seconds() - started, 1e-9)
        return self._end_epoch(started, (state.images - images) / trained)

    def _may_go_on(self) -> bool:
        """Before a batch: wait while held; False when the run is to end."""
        if self.control.paused:
            self._report_batches()
            self.watch.hold()
            self.monitor.offer_weights(self.network.store, self.state.step, always=True)
            self.monitor.record_paused(True)
            go_on = self.control.wait()
            self.monitor.record_paused(False)
            self.watch.go_on()
            return go_on
        return not self.control.stop_requested

    def _end_epoch(self, started: float, speed: float) -> Ending | None:
        """Validate, record, and let schedule and callbacks decide what follows."""
        state = self.state
        self._report_batches()
        if not np.isfinite(self.network.store.values).all():
            return self._diverged()
        event = self.judge(speed)
        if event.validation_loss is not None and not math.isfinite(event.validation_loss):
            return self._diverged()
        state.epoch, state.batch = state.epoch + 1, 0
        event = replace(event, epoch=state.epoch, seconds=self.watch.seconds() - started)
        if (watched := self.metric(event)) < state.best_loss:
            event = replace(event, best=True)
            state.best_loss, state.best_epoch = watched, state.epoch
            if self.restore_best:
                state.best_weights = self.network.store.snapshot()
        state.history.append(event)
        state.seconds = self.watch.seconds()
        self.run.schedule.epoch_ended(partial(watched_metric, event))
        for callback in self.run.callbacks:
            callback.on_epoch_end(self.run, event)
        # Last: an epoch that is told is also kept, by a callback that does so.
        self.monitor.record_epoch(event)
        self.monitor.offer_epoch_weights(self.network.store, state.step)
        self._report_speed(always=True)
        self.control.epoch_done()
        if self.optimizer.finished and self.run.ending is None:
            return (
                "converged",
                f"Converged after {counted(state.epoch, 'epoch')}: no step lowers the loss any further.",
            )
        return self.run.ending

    def judge(self, speed: float = 0.0) -> EpochEnded:
        """The metrics of the weights as they are, beside those of what is done of the present epoch."""
        state, metrics, held_out = self.state, self.metrics, self.held_out
        trained: dict[str, float] = {}
        if metrics.seen:
            seen = self.data.targets[self.batches.order(state.epoch)[: metrics.seen]]
            outputs = metrics.outputs[: metrics.seen]
            trained = self.run.metric_values(outputs, seen, metrics.accuracy, self.batch_size)
        loss: float | None = None
        validated: dict[str, float] = {}
        if held_out is not None:
            outputs = self.evaluator.predict(held_out.inputs, self.control.wait_while_held)
            loss = self.loss.value(outputs, held_out.targets, held_out.weights)
            if math.isfinite(loss):
                validated = self.run.metric_values(outputs, held_out.targets, batch_size=self.batch_size)
        return EpochEnded(
            state.epoch, state.step, metrics.loss, metrics.data_loss, trained, loss, validated,
            learning_rate=self.optimizer.rate, images_per_second=speed, seconds=0.0, best=False,
        )  # fmt: skip

    # ---- a batch ----

    def _batch(self, batch: Batch) -> Ending | None:
        """One step of the optimizer; an ending, or None to go on."""
        state, evaluation = self.state, self.evaluation
        self._apply_schedule()
        self.network.clock.step = state.step
        self.finite.before_step()
        try:
            if self.monitor.measure_wanted:
                loss = self.measures.step(batch, state.step)
            elif evaluation.whole:
                loss = self.optimizer.step(self.network.store, partial(evaluation, batch))
            elif math.isfinite(loss := evaluation(batch)):
                self.evaluator.update(self.optimizer, self.batches.upcoming(self.place + 1))
        except StepAbandoned:
            return self._stopped()
        if not math.isfinite(loss):
            return self._diverged()
        self.finite.after_step()
        self.metrics.add(evaluation.outputs, loss, evaluation.data_loss)
        state.batch += 1
        state.step += 1
        state.images += len(batch.examples)
        if self.listeners:
            event = BatchEnded(state.epoch + 1, state.step, *(values[0] for values in self._report_batches()))
            for callback in self.listeners:
                callback.on_batch_end(self.run, event)
        elif time.perf_counter() >= self._report_at or self.control.counting or self.monitor.weights_wanted:
            self._report_batches()
        self.control.batch_done()
        # A wish to end that came with the last batch of an epoch waits for the epoch's metrics.
        return self.run.ending if state.batch < self.steps_per_epoch else None

    def _apply_schedule(self) -> None:
        if self.run.schedule.changes_rate:
            self.optimizer.learning_rate = self.run.schedule.rate(self.place)

    def _stopped(self) -> Ending:
        kept = "Stopped; the present weights are kept."
        return "stopped", kept if self.state.step else "Stopped before the first step."

    def _diverged(self) -> Ending:
        """Take the last finite weights back; the sentence names what to change."""
        self.finite.restore()
        self.optimizer.reset()
        return "diverged", explain_divergence(
            self.config,
            self.optimizer.rate,
            self.state.epoch + 1,
            min(self.state.batch + 1, self.steps_per_epoch),
        )

    def _report_batches(self) -> BatchMetrics:
        """Tell the monitor about the batches since the last time; their metrics."""
        self._report_at = time.perf_counter() + _REPORT_INTERVAL_SECONDS
        if self.metrics.flushed:
            return BatchMetrics((), (), ())
        told = self.metrics.flush(self.loss, self.data.targets, self.batches.order(self.state.epoch))
        self.monitor.record_batches(*told)
        self.monitor.offer_weights(self.network.store, self.state.step)
        self._report_speed()
        return told

    def _report_speed(self, always: bool = False) -> None:
        """Tell the monitor the speed and the time left, about ten times a second."""
        state = self.state
        speed = self.watch.images_per_second(state.images, always)
        if speed is None:
            return
        left = self.steps_per_epoch * self.config.epochs - self.place
        # Validation and everything else between the batches is in this average, as it will be in what is left.
        per_step = self.watch.seconds_of_run() / max(1, state.step - self.watch.first_step)
        self.monitor.record_rate(speed, left * per_step)
