"""Kept runs in terms of presets: what a new one is called, and what one that is there needs to go on."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.data import Dataset
from engine.errors import ConfigurationError, DataError, EngineError
from engine.storage.runs.run_entry import RunData, RunEntry
from engine.storage.runs.run_folder import RunFolder
from engine.storage.runs.run_recorder import RunRecorder
from engine.storage.runs.run_store import RunStore
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from engine.version import digitlab_version
from models.presets import PRESETS
from models.presets.own import OwnPreset
from models.presets.preset import ModelPreset
from models.recipes.earlier_training import EarlierTraining
from models.recipes.training_data import fewer_examples


def run_data(
    preset: ModelPreset, training: Dataset, validation: Dataset, arguments: Mapping[str, Any] | None = None
) -> RunData:
    """What a run of the preset learns from; `arguments` are the command line's, where it named the digits."""
    parts = preset.select(training), preset.select(validation)
    digest = hashlib.blake2b("".join(part.fingerprint for part in parts).encode(), digest_size=16)
    return RunData(training.name, digest.hexdigest(), len(parts[0]), len(parts[1]), dict(arguments or {}))


def new_entry(
    preset: ModelPreset,
    config: TrainingConfig,
    data: RunData,
    earlier: EarlierTraining | None = None,
    *,
    parent: str = "",
) -> RunEntry:
    """What is known of a run that begins; `parent` is the run whose weights it has, if that is known."""
    earlier = earlier if earlier is not None else EarlierTraining()
    return RunEntry(
        "",
        f"{preset.title} {datetime.now():%m-%d %H:%M:%S}",
        preset.name,
        tuple(preset.labels),
        config.to_dict(),
        data,
        version=digitlab_version(),
        parent=parent,
        earlier_epochs=earlier.epochs,
        earlier_steps=earlier.steps,
        earlier_seconds=earlier.seconds,
        network=preset.to_dict() if isinstance(preset, OwnPreset) else {},
    )


def preset_of(entry: RunEntry) -> ModelPreset:
    """The preset of a run, with its two digits where it knows two.

    Raises:
        DataError: this version has no such preset.
    """
    preset: ModelPreset | None = PRESETS.get(entry.preset)
    if entry.network:
        # As it was then: the user may have changed it since.
        try:
            preset = OwnPreset.from_dict(entry.network, PRESETS)
        except ConfigurationError as error:
            raise DataError(f"The network of the run {entry.run_id} cannot be built again: {error}") from error
    if preset is None:
        raise DataError(f"The run {entry.run_id} trains {entry.preset!r}, which this version does not have.")
    if tuple(preset.labels) == entry.labels:
        return preset
    try:
        first, second = (int(label) for label in entry.labels)
    except ValueError:
        raise DataError(f"The run {entry.run_id} gives answers that {preset.name} does not have.") from None
    return preset.with_digits(first, second)


def earlier_of(entry: RunEntry) -> EarlierTraining:
    """What the weights had gone through before the run began."""
    return EarlierTraining(entry.earlier_epochs, entry.earlier_steps, entry.earlier_seconds)


def begin_recording(
    recorder: RunRecorder,
    trainer: Trainer,
    preset: ModelPreset,
    config: TrainingConfig,
    data: RunData,
    resumed: RunFolder | None,
) -> None:
    """Put the trainer where a kept run is, and record that run; or record a new one where there is none.

    Raises:
        DataError, ModelFileError, ConfigurationError: the run cannot go on exactly, or another program writes it.
    """
    store = RunStore()
    if resumed is None:
        recorder.begin(lambda: store.create(new_entry(preset, config, data)))
        return
    require_same_data(resumed.entry(), data)
    checkpoint = resumed.checkpoint()
    trainer.resume(checkpoint)
    folder = store.reopen(resumed.run_id, checkpoint, config)
    recorder.begin(lambda: folder, checkpoint.state.step)


def require_same_data(entry: RunEntry, data: RunData) -> None:
    """Refuse to let a run go on with other digits.

    Raises:
        DataError: these are others, so that the run cannot go on exactly.
    """
    if data.fingerprint != entry.data.fingerprint:
        raise DataError(
            f"The run {entry.run_id} learned from other digits than these: it can go on exactly only with "
            f"{entry.data.name!r} as it was, {entry.data.images:,} images and {entry.data.validation_images:,} more "
            "for validation. In the window, choose these digits on the tab Data, or start a new run from its weights."
        )


def learned_from(store: RunStore, run_id: str, preset: ModelPreset, training: Dataset, validation: Dataset) -> bool:
    """Whether a kept run learned from these digits; also where there is none, or its folder is gone."""
    try:
        entry = store.find(run_id).entry() if run_id else None
    except EngineError:
        return True
    return entry is None or entry.data.fingerprint == run_data(preset, training, validation).fingerprint


def same_examples(entry: RunEntry, training: Dataset) -> Dataset:
    """Those of the training digits that a run drew which learned from fewer, or all of them."""
    count = entry.data.arguments.get("examples")
    return fewer_examples(training, count, int(entry.config["seed"])) if isinstance(count, int) else training


def resumed_config(folder: RunFolder, entry: RunEntry, more_epochs: int | None = None) -> TrainingConfig:
    """The settings with which a run goes on exactly: to its planned end, or so many epochs further.

    Raises:
        DataError: it has come to its end, so that it goes on only for `more_epochs`, or it diverged.
        ModelFileError: its checkpoint is missing or damaged.
        ConfigurationError: the number of epochs is out of range.
    """
    config = entry.training_config()
    if entry.outcome == "diverged":
        raise DataError(f"The run {entry.run_id} diverged; start a new one with other settings instead.")
    if not folder.can_go_on:
        raise DataError(f"The run {entry.run_id} ended before its first checkpoint; repeat it instead.")
    checkpoint = folder.checkpoint()
    if more_epochs is not None:
        return checkpoint.longer(replace(config, epochs=more_epochs))
    if entry.outcome in ("early stopping", "converged") or checkpoint.state.epoch >= config.epochs:
        raise DataError(
            f"The run {entry.run_id} has come to its end; say how many epochs more to train it further (--epochs N)."
        )
    return config
