"""What a model has gone through before the run under way, so that epochs and steps add up over all continuations."""

from dataclasses import dataclass, replace

from engine.training.messages import EpochEnded, TrainingFinished
from engine.training.run_state import RunState


@dataclass(frozen=True, slots=True)
class EarlierTraining:
    """Runs that came before, with other settings; a run that goes on exactly counts on by itself.

    Attributes:
        epochs: that were begun, so that numbers of epochs stay whole.
        steps: batches done.
        seconds: training time.
        history: the finished epochs, numbered through.
    """

    epochs: int = 0
    steps: int = 0
    seconds: float = 0.0
    history: tuple[EpochEnded, ...] = ()

    def with_run(self, state: RunState) -> "EarlierTraining":
        """The same after one more run, which ended in this state."""
        return EarlierTraining(
            self.epochs + state.epoch + (1 if state.batch else 0),
            self.steps + state.step,
            self.seconds + state.seconds,
            self._numbered_on(tuple(state.history)),
        )

    def followed_by(self, finished: TrainingFinished) -> TrainingFinished:
        """How the last run ended, counted from the very beginning."""
        return replace(
            finished,
            epochs=self.epochs + finished.epochs,
            best_epoch=self.epochs + finished.best_epoch if finished.best_epoch else 0,
            history=self._numbered_on(finished.history),
            seconds=self.seconds + finished.seconds,
            kept=self._numbered_on((finished.kept,))[-1] if finished.kept else None,
        )

    def _numbered_on(self, history: tuple[EpochEnded, ...]) -> tuple[EpochEnded, ...]:
        later = (replace(event, epoch=self.epochs + event.epoch, step=self.steps + event.step) for event in history)
        return (*self.history, *later)
