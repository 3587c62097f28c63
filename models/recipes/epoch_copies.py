"""A copy of the model after each epoch, so that whatever ends the process costs at most the epoch under way."""

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.sequential import Sequential
from engine.storage.model import Model
from engine.training.callbacks import Callback
from engine.training.messages import EpochEnded
from engine.training.run import Run
from models.presets.preset import ModelPreset
from models.recipes.earlier_training import EarlierTraining
from models.recipes.training_summary import training_summary

# Describing hundreds of epochs would take as long as an epoch of the smallest presets.
_MOST_EPOCHS = 50


@dataclass(slots=True)
class UnfinishedModel:
    """Describes a run as if it ended now: call it with the run.

    Attributes:
        preset: what is trained.
        network: the network that is trained.
        data: what the training digits are called.
        images: how many images an epoch has.
        earlier: what the network has gone through before.
    """

    preset: ModelPreset
    network: Sequential
    data: str
    images: int
    earlier: EarlierTraining = field(default_factory=EarlierTraining)

    def __call__(self, run: Run) -> Model:
        """The model, which shares the network of the run."""
        epoch = self.earlier.epochs + run.state.epoch
        so_far = self.earlier.followed_by(run.finished("unfinished", f"Training was cut off after epoch {epoch}."))
        summary = training_summary(run.config, so_far, data=self.data, images=self.images, most_epochs=_MOST_EPOCHS)
        return self.preset.model(self.network, summary)


class EpochCopies(Callback):
    """Hands the model of each epoch to whoever keeps it, in the training thread, before the next epoch begins.

    Args:
        keep: writes the model down before it returns, as the weights change with the next batch.
        describe: the model of the run as it is now.
    """

    def __init__(self, keep: Callable[[Model], None], describe: UnfinishedModel) -> None:
        self._keep = keep
        self._describe = describe

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Let the model be kept."""
        self._keep(self._describe(run))
