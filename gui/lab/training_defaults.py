"""What a training session does where nobody says otherwise: the bundled digits, trained in the background."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.training.config import TrainingConfig
from engine.training.messages import TrainingControl, TrainingMonitor
from gui.lab.training_run import FitsNetworks

if TYPE_CHECKING:
    from engine.data import Dataset
    from engine.sequential import Sequential
    from engine.training.callbacks import Callback
    from models.presets.preset import ModelPreset


def bundled_data() -> "tuple[Dataset, Dataset]":
    """The bundled digits with their fixed split."""
    from engine.data import bundled_split

    return bundled_split()


def make_background_trainer(
    network: "Sequential",
    preset: "ModelPreset",
    config: TrainingConfig,
    monitor: TrainingMonitor,
    control: TrainingControl,
    callbacks: "Sequence[Callback]",
) -> FitsNetworks:
    """A trainer whose threads leave the window the right of way."""
    from engine.training.trainer import Trainer

    return Trainer(
        network,
        config,
        callbacks=callbacks,
        monitor=monitor,
        control=control,
        augment=preset.possible_augmentation(config),
        low_priority=True,
    )
