"""Learning from one's own digits: a model is trained a little further on a mixture of them with the old data.

The old digits are rehearsed so that nothing is forgotten, and what is no digit is rehearsed with them where the model
refuses. Threshold and temperature are carried over by the digits held out from both: the fine-tuned model refuses the
same share of them as before, and its temperature changes by the factor by which their best temperature has changed.
docs/decisions says what else was tried.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.core.parameters import FloatArray
from engine.data import Dataset, augment_images, bundled_split, dataset_from_drawings
from engine.data.augmentation.images import REFITTED_VARIATION
from engine.data.bundled_digits import load_non_digits
from engine.data.synthetic.writing_styles import HABITS, draw_habit
from engine.errors import ConfigurationError, DataError
from engine.evaluation.calibration import Calibration, energy, fit_calibration
from engine.losses import OpenSetCrossentropy
from engine.sequential import Sequential
from engine.storage.model import Model
from engine.training.config import TrainingConfig
from engine.training.run import BatchEnded, Callback, Run
from engine.training.trainer import Trainer
from models.presets import PRESETS
from models.presets.preset import ModelPreset
from models.recipes.refusal import with_negatives
from models.scoring.answers import Answers, answer_dataset

Report = Callable[[float], None]
_BATCH = 128


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How a model learns from a few digits; the defaults are the best that was measured.

    Attributes:
        learning_rate: of Adam, at the start; it falls along half a cosine.
        epochs: passes over the mixture.
        share: of one's own digits among the digits of the mixture, each of them repeated and varied anew.
        habits: drawings of each of the world's writing habits among the old digits.
        last_layers: how many layers with weights learn, counted from the output; None for all.
        way: of the way from the old weights to the new ones, how much is gone in the end, 0 to 1.
        seed: of every random draw.
    """

    learning_rate: float = 0.0005
    epochs: int = 3
    share: float = 0.7
    habits: int = 40
    last_layers: int | None = None
    way: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class FineTuned:
    """A model that has learned from somebody's digits, and what it was before.

    Attributes:
        model: with weights of its own; the one that was given is unchanged.
        mine: answers to one's own digits, before and after.
        validation: answers to the held-out digits, before and after.
    """

    model: Model
    mine: tuple[Answers, Answers]
    validation: tuple[Answers, Answers]


def fine_tune(
    model: Model, mine: Dataset, report: Report | None = None, settings: FineTuning | None = None
) -> FineTuned:
    """Train a copy of a model further on somebody's digits, mixed with the bundled ones.

    Args:
        model: of a preset, whatever its weights.
        mine: the digits to learn from.
        report: hears which share is done; may raise to end the work.
        settings: None for the usual ones.

    Raises:
        ConfigurationError: the model is of no preset, so that it is not known what it answers.
        DataError: none of the digits is one that the model can answer, or training diverged.
    """
    settings = settings or FineTuning()
    preset = _preset_of(model)
    known = preset.select(mine)
    if not len(known):
        raise DataError(f"{mine.name}: {model.title} answers none of these digits; draw some that it knows.")
    training, validation = (preset.select(part) for part in bundled_split())
    tell = report or _nobody
    before = tuple(answer_dataset(model, digits) for digits in (known, validation))
    tell(0.05)
    tuned = _trained(model, preset, known, training, settings, lambda share: tell(0.05 + 0.85 * share))
    tuned.calibration = carried_calibration(model, tuned, validation)
    after = tuple(answer_dataset(tuned, digits) for digits in (known, validation))
    tell(1.0)
    return FineTuned(tuned, (before[0], after[0]), (before[1], after[1]))


def carried_calibration(before: Model, after: Model, held_out: Dataset) -> Calibration:
    """The calibration that makes a fine-tuned model as careful as it was, by digits that neither was trained on.

    Args:
        before: the model with its calibration.
        after: the same model after further training.
        held_out: digits.
    """
    loss = before.network.loss
    if before.task not in ("binary", "multiclass") or loss is None:
        return before.calibration
    places_and_targets = answer_dataset(before, held_out), answer_dataset(after, held_out)
    old, new = places_and_targets
    best = [fit_calibration(answers.logits, answers.targets, loss).temperature for answers in (old, new)]
    temperature = float(np.clip(before.calibration.temperature * best[1] / best[0], 0.05, 20.0))
    threshold = before.calibration.threshold
    if threshold is not None:
        share = float(np.mean(energy(old.logits) < threshold))
        threshold = float(np.quantile(energy(new.logits), share, method="lower"))
    return Calibration(temperature, threshold)


def _trained(
    model: Model, preset: ModelPreset, mine: Dataset, old: Dataset, settings: FineTuning, report: Report
) -> Model:
    """A copy of the model after the training."""
    network = Sequential.from_config(model.network.config(), name=model.network.name, dtype=model.network.dtype)
    network.build(model.network.input_shape)
    network.loss = model.network.loss
    network.store.restore(model.network.store.snapshot())
    if settings.last_layers is not None:
        learning = [layer for layer in network.layers if layer.parameters]
        for layer in learning[: -settings.last_layers]:
            layer.trainable = False
        network.refresh()
    rng = np.random.default_rng(settings.seed)
    if settings.habits:
        drawn = [draw_habit(name, rng) for name in HABITS for _ in range(settings.habits)]
        habits = preset.select(dataset_from_drawings(drawn, "habits"))
        old = Dataset(np.concatenate([old.images, habits.images]), np.concatenate([old.labels, habits.labels]))
    repeats = max(1, round(settings.share / (1 - settings.share) * len(old) / len(mine)))
    mixture = Dataset(
        np.concatenate([old.images, np.tile(mine.images, (repeats, 1, 1))]),
        np.concatenate([old.labels, np.tile(mine.labels, repeats)]),
        mine.name,
    )
    inputs, targets = preset.prepare(mixture, rng)
    examples = inputs.reshape(-1, *network.input_shape), targets
    if isinstance(network.loss, OpenSetCrossentropy):
        examples = with_negatives(examples, load_non_digits()[: len(old) // 2])
    config = TrainingConfig(
        learning_rate=settings.learning_rate, batch_size=_BATCH, epochs=settings.epochs, schedule="cosine",
        augment=preset.can_augment, seed=settings.seed,
    )  # fmt: skip
    steps = settings.epochs * -(-len(examples[0]) // _BATCH)
    before = network.store.snapshot()
    trainer = Trainer(
        network, config, augment=_vary, callbacks=[_Reported(report, steps)], low_priority=True
    )
    finished = trainer.fit(*examples)
    if finished.reason == "diverged":
        raise DataError(finished.message)
    if settings.way != 1.0:
        after = network.store.snapshot()
        network.store.restore(before + np.float32(settings.way) * (after - before))
    network.release_buffers()
    return replace(model, network=network)


class _Reported(Callback):
    """Tells how far a run is; whoever hears it may raise to end the run."""

    def __init__(self, report: Report, steps: int) -> None:
        self._report = report
        self._steps = steps

    def on_batch_end(self, run: Run, batch: BatchEnded) -> None:
        """After each step."""
        self._report(batch.step / self._steps)


def _vary(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    return augment_images(images, rng, None, REFITTED_VARIATION)


def _nobody(_share: float) -> None:
    """Nobody wants to know."""


def _preset_of(model: Model) -> ModelPreset:
    preset = PRESETS.get(model.name)
    if preset is None:
        raise ConfigurationError(f"{model.title} is of no preset, so it cannot learn from your digits.", "model")
    return preset
