"""A training run, frozen: all that is needed to go on exactly where it was."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ConfigurationError
from engine.parameters import FloatArray
from engine.training.run_state import RunState

if TYPE_CHECKING:
    from engine.training.trainer import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Copies of everything that changes during a run.

    Attributes:
        config: settings of the run, as plain JSON values.
        weights: snapshot of the network's values and state.
        optimizer: state of the optimizer.
        schedule: state of the schedule.
        callbacks: state of each callback.
        state: position, history and best weights.
        figures: running figures of the epoch that was under way.

    Random draws need no state: they follow from the seed and the position (`engine.training.seeds`).
    """

    config: dict[str, Any]
    weights: FloatArray
    optimizer: dict[str, Any]
    schedule: dict[str, Any]
    callbacks: tuple[dict[str, Any], ...]
    state: RunState
    figures: dict[str, Any]

    @classmethod
    def of(cls, trainer: "Trainer") -> "Checkpoint":
        """Copy a trainer's run; between batches, or when `fit` has returned."""
        return cls(
            config=trainer.config.to_dict(),
            weights=trainer.network.store.snapshot(),
            optimizer=trainer.optimizer.state_dict(),
            schedule=trainer.schedule.state_dict(),
            callbacks=tuple(callback.state_dict() for callback in trainer.callbacks),
            state=trainer.state.copy(),
            figures=trainer.figures.state_dict(),
        )

    def restore(self, trainer: "Trainer") -> None:
        """Put a trainer, its network and its optimizer back to this point.

        The trainer may be a new one, with a network of the same architecture and equal settings; only the number of
        epochs may differ. Raises `ConfigurationError` when another setting that changes the numbers does, and
        `ShapeError` when the network does not fit.
        """
        now = trainer.config.to_dict()
        for name in sorted(self.config.keys() - {"epochs", "threads", "patience", "tolerance", "restore_best"}):
            before, after = self.config[name], now[name]
            if (tuple(before) if isinstance(before, list) else before) != after:
                raise ConfigurationError(
                    f"The run was started with {name} = {before} and cannot go on exactly with {after}.", name
                )
        if len(self.callbacks) != len(trainer.callbacks):
            raise ConfigurationError("A run has to be resumed with the callbacks that it was started with.")
        trainer.network.store.restore(self.weights)
        trainer.optimizer.load_state_dict(self.optimizer)
        trainer.schedule.load_state_dict(self.schedule)
        for callback, state in zip(trainer.callbacks, self.callbacks, strict=True):
            callback.load_state_dict(state)
        trainer.state = self.state.copy()
        trainer.figures.load_state_dict(self.figures)
