"""A copy of the model after each epoch, so that whatever ends the process costs at most the epoch under way."""

from collections.abc import Callable

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


class EpochCopies(Callback):
    """Hands the model of each epoch to whoever keeps it, in the training thread, before the next epoch begins.

    Args:
        keep: writes the model down before it returns, as the weights change with the next batch.
        preset: what is trained.
        network: the network that is trained.
        data: what the training digits are called.
        images: how many images an epoch has.

    Attributes:
        earlier: what the network has gone through before.
    """

    def __init__(
        self, keep: Callable[[Model], None], preset: ModelPreset, network: Sequential, *, data: str, images: int
    ) -> None:
        self.earlier = EarlierTraining()
        self._keep = keep
        self._preset = preset
        self._network = network
        self._data = data
        self._images = images

    def on_epoch_end(self, run: Run, event: EpochEnded) -> None:
        """Describe the run as if it ended here, and let the model be kept."""
        epoch = self.earlier.epochs + event.epoch
        so_far = self.earlier.followed_by(run.finished("unfinished", f"Training was cut off after epoch {epoch}."))
        summary = training_summary(run.config, so_far, data=self._data, images=self._images, most_epochs=_MOST_EPOCHS)
        self._keep(self._preset.model(self._network, summary))
