"""Models from other programs in terms of presets: for which layers their weights are, and how well they answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.data import bundled_split
from engine.errors import EngineError
from engine.evaluation.calibration import UNCALIBRATED, Calibration
from engine.losses import OpenSetCrossentropy
from engine.storage.importers import ArchitectureNeededError, ImportWish, import_model
from engine.storage.model import Model
from engine.storage.model_file import from_bytes, to_bytes
from models.presets import PRESETS
from models.presets.own_files import all_presets
from models.presets.pretrained import load

ASKED = 1000
# Where one order of flattening is below the one and the other order above the other, the second is meant.
_CHANCE, _RIGHT = 0.5, 0.7


@dataclass(frozen=True, slots=True, eq=False)
class BroughtModel:
    """A model from elsewhere.

    Attributes:
        model: it.
        told: what was understood of the file, and how the model answers, in sentences.
        accuracy: share of 1,000 bundled digits that it tells; None where its labels are no digits.
    """

    model: Model
    told: str
    accuracy: float | None


def architecture_of(name_or_path: str) -> Callable[[], Model]:
    """Makes new models with the layers of a preset, one's own among them, or of a model file.

    Raises:
        ModelFileError: there is no such preset and no such file.
    """
    preset = PRESETS.get(name_or_path) or all_presets().get(name_or_path)
    if preset is not None:
        return lambda: preset.model(preset.build())
    return layers_of(load(name_or_path))


def layers_of(model: Model) -> Callable[[], Model]:
    """Makes new models with the layers of this one; how its weights are to be read is none of theirs."""
    data = to_bytes(model)

    def make() -> Model:
        threshold = 0.0 if isinstance(model.network.loss, OpenSetCrossentropy) else None
        calibration = UNCALIBRATED if threshold is None else Calibration(threshold=threshold)
        return replace(from_bytes(data), training={}, calibration=calibration)

    return make


def fitting_presets(path: Path) -> list[str]:
    """Names of all presets, one's own too, those that the weights in a file fit before those that they do not."""
    presets, fits = all_presets(), {}
    for name in presets:
        try:
            import_model(path, ImportWish(architecture_of(name)))
            fits[name] = True
        except EngineError:
            fits[name] = False
    return sorted(presets, key=lambda name: not fits[name])


def bring_in(path: Path, wish: ImportWish) -> BroughtModel:
    """The model in a file of another program, asked about digits.

    Raises:
        ModelFileError, DataError: it cannot be used; one sentence with the way out.
        ArchitectureNeededError: it holds weights alone, and the wish names no architecture.
    """
    imported = import_model(path, wish)
    accuracy = accuracy_of(imported.model)
    told = imported.told
    if accuracy is not None and accuracy < _CHANCE and not wish.flatten_order and "channels first" in told:
        # PyTorch's own networks flatten so; ours that went through PyTorch do not, and the digits tell.
        other = import_model(path, replace(wish, flatten_order="channels-last"))
        better = accuracy_of(other.model)
        if better is not None and better > _RIGHT:
            told = (
                f"{other.told}, images flattened with the channels last, since the other way only "
                f"{100 * accuracy:.1f} % would be right"
            )
            imported, accuracy = other, better
    sentence = f"Imported {path.name}: {told}."
    if accuracy is not None:
        sentence += f" It is right on {100 * accuracy:.1f} % of {ASKED:,} digits."
    return BroughtModel(imported.model, sentence, accuracy)


def accuracy_of(model: Model) -> float | None:
    """The share of bundled digits, of those that it knows, that a model tells; None where its labels are no digits."""
    if model.task not in ("multiclass", "binary") or not set(model.labels) <= set("0123456789"):
        return None
    digits = bundled_split()[1]
    known = np.isin(digits.labels, [int(label) for label in model.labels])
    images, labels = digits.images[known][:ASKED], digits.labels[known][:ASKED]
    answered = np.array([int(label) for label in model.labels])[model.answer(images).argmax(axis=1)]
    return float((answered == labels).mean())


__all__ = ["ArchitectureNeededError", "BroughtModel", "ImportWish", "architecture_of", "bring_in", "layers_of"]
