"""Learning from one's own digits: a model is trained a little further on a mixture of them with the old data.

Old digits are replayed so that nothing is forgotten, and what is no digit is replayed with them where the model
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
from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.errors import ConfigurationError, DataError
from engine.evaluation.calibration import Calibration, energy, fit_calibration
from engine.losses import OpenSetCrossentropy
from engine.sequential import Sequential
from engine.storage.model import Model
from engine.training.config import TrainingConfig
from engine.training.run import BatchEnded, Callback, Run
from engine.training.trainer import Trainer
from models.presets.preset import ModelPreset
from models.presets.question import preset_of_model
from models.recipes.refusal import with_negatives

Report = Callable[[float], None]
_BATCH = 128
_MOST_REPEATS = 200
# Drawings that are no digit, for each old digit.
_NONE_SHARE = 0.5
_COLDEST, _HOTTEST = 0.05, 20.0
# Tried in this order, until the digits held out are read nearly as well as before.
_SHARES_OF_WAY = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How a model learns from a few digits; the defaults are the best that was measured.

    Attributes:
        optimizer: key of `engine.optimizers.OPTIMIZERS`.
        learning_rate: of its steps, at the start; it falls along half a cosine.
        epochs: passes over the mixture.
        share: of one's own digits among the digits of the mixture, each of them repeated and varied anew.
        weight: of one's own digits in the loss, where all others have 1.
        old: bundled digits, drawn at random, that are replayed.
        styles: drawings of each of the world's writing styles among the old digits.
        last_layers: how many layers with weights learn, counted from the output; None for all.
        way: of the way from the old weights to the new ones, how much is gone at most, 0 to 1.
        most_lost: of the validation digits, the share by which a model of digits may get worse; where it would be more,
            less of the way is gone.
        seed: of every random draw.
    """

    optimizer: str = "adam"
    learning_rate: float = 0.0005
    epochs: int = 4
    share: float = 0.35
    weight: float = 6.0
    old: int = 6_500
    styles: int = 25
    last_layers: int | None = None
    way: float = 1.0
    most_lost: float = 0.002
    seed: int = 0


def fine_tune(
    model: Model,
    mine: Dataset,
    report: Report | None = None,
    settings: FineTuning | None = None,
    none: FloatArray | None = None,
) -> Model:
    """A copy of a model, trained further on somebody's digits mixed with the bundled ones; the model is unchanged.

    Args:
        model: of a preset, ours or the user's, whatever its weights.
        mine: the digits to learn from.
        report: hears which share is done; may raise to end the work.
        settings: None for the usual ones.
        none: (m, 20, 20), somebody's drawings that are no digit; used where the model refuses.

    Raises:
        ConfigurationError: it is not known what the model answers.
        DataError: none of the digits is one that the model can answer, or training diverged.
    """
    preset = preset_of(model)
    known = preset.select(mine)
    if not len(known):
        raise DataError(f"{mine.name}: there is no digit to learn from.")
    training, validation = (preset.select(part) for part in bundled_split())
    settings = settings or FineTuning()
    tuned = _trained(model, preset, known, training, none, settings, report or _nobody)
    _go_back(model, tuned, validation, settings)
    tuned.calibration = carried_calibration(model, tuned, preset, validation)
    return tuned


def carried_calibration(before: Model, after: Model, preset: ModelPreset, held_out: Dataset) -> Calibration:
    """The calibration that makes a fine-tuned model as careful as it was, by digits that neither was trained on.

    Args:
        before: the model with its calibration.
        after: the same model after further training.
        preset: of both.
        held_out: those digits.
    """
    loss = before.network.loss
    if before.task not in ("binary", "multiclass") or loss is None:
        return before.calibration
    targets = preset.targets(held_out.labels)
    if targets.ndim > 1:
        # A loss that compares with rows of zeros and a one says nothing of probabilities.
        return before.calibration
    old, new = (_logits(model, held_out.images) for model in (before, after))
    best = [fit_calibration(logits, targets, loss).temperature for logits in (old, new)]
    temperature = float(np.clip(before.calibration.temperature * best[1] / best[0], _COLDEST, _HOTTEST))
    threshold = before.calibration.threshold
    if threshold is not None:
        share = float(np.mean(energy(old) < threshold))
        threshold = float(np.quantile(energy(new), share, method="lower"))
    return Calibration(temperature, threshold)


def preset_of(model: Model) -> ModelPreset:
    """What a model is asked, with the targets that its loss wants.

    Raises:
        ConfigurationError: that is not known.
    """
    preset = preset_of_model(model)
    if preset is None:
        raise ConfigurationError(
            f"{model.title} answers no question about digits, so it cannot learn from yours.", "model"
        )
    return preset


def _trained(
    model: Model,
    preset: ModelPreset,
    mine: Dataset,
    old: Dataset,
    none: FloatArray | None,
    settings: FineTuning,
    report: Report,
) -> Model:
    """A copy of the model after the training."""
    network = Sequential.from_config(model.network.config(), name=model.network.name, dtype=model.network.dtype)
    network.build(model.network.example_shape)
    network.loss = model.network.loss
    network.store.restore(model.network.store.snapshot())
    if settings.last_layers is not None:
        learning = [layer for layer in network.layers if layer.parameters]
        for layer in learning[: -settings.last_layers]:
            layer.trainable = False
        network.refresh()
    rng = np.random.default_rng(settings.seed)
    old = old.subset(rng.permutation(len(old))[: settings.old])
    if settings.styles:
        drawn = [draw_style(name, rng) for name in WRITING_STYLES for _ in range(settings.styles)]
        styles = preset.select(dataset_from_drawings(drawn, "writing styles"))
        old = Dataset(np.concatenate([old.images, styles.images]), np.concatenate([old.labels, styles.labels]))
    # A few digits of one class are not repeated until hardly any other class is left.
    repeats = min(_MOST_REPEATS, max(1, round(settings.share / (1 - settings.share) * len(old) / len(mine))))
    mixture = Dataset(
        np.concatenate([old.images, np.tile(mine.images, (repeats, 1, 1))]),
        np.concatenate([old.labels, np.tile(mine.labels, repeats)]),
        mine.name,
    )
    inputs, targets = preset.prepare(mixture, rng)
    examples = inputs.reshape(-1, *network.example_shape), targets
    if isinstance(network.loss, OpenSetCrossentropy):
        examples = with_negatives(examples, load_non_digits()[: round(_NONE_SHARE * len(old))])
        if none is not None and len(none):
            examples = with_negatives(examples, np.tile(none, (repeats, 1, 1)))
    config = TrainingConfig(
        optimizer=settings.optimizer, learning_rate=settings.learning_rate, batch_size=_BATCH, epochs=settings.epochs,
        schedule="cosine",
        augment=preset.can_augment, seed=settings.seed,
    )  # fmt: skip
    steps = settings.epochs * -(-len(examples[0]) // _BATCH)
    trainer = Trainer(network, config, augment=_vary, callbacks=[_Reported(report, steps)], low_priority=True)
    each = len(inputs) // len(mixture)
    weights = np.ones(len(examples[0]), np.float32)
    weights[each * len(old) : each * len(mixture)] = settings.weight
    finished = trainer.fit(*examples, sample_weights=weights)
    if finished.reason == "diverged":
        raise DataError(finished.message)
    network.trainable = True
    network.refresh()
    network.release_buffers()
    return replace(model, network=network)


def _go_back(model: Model, tuned: Model, held_out: Dataset, settings: FineTuning) -> None:
    """Leave the tuned weights only so far from the old ones as the digits held out allow."""
    old, new = model.network.store.snapshot(), tuned.network.store.snapshot()
    least = _accuracy(model, held_out) - settings.most_lost
    for share in _SHARES_OF_WAY:
        tuned.network.store.restore(old + np.float32(share * settings.way) * (new - old))
        if tuned.task != "multiclass" or _accuracy(tuned, held_out) >= least:
            return


def _accuracy(model: Model, digits: Dataset) -> float:
    return float(np.mean(model.answer(digits.images).argmax(axis=1) == digits.labels)) if len(digits) else 1.0


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


def _logits(model: Model, images: FloatArray) -> FloatArray:
    network = model.network.replica()
    parts = []
    for start in range(0, len(images), _BATCH):
        batch = images[start : start + _BATCH]
        parts.append(network.logits(batch.reshape(len(batch), *network.example_shape)).copy())
    return np.concatenate(parts)
