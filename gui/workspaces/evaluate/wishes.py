"""From what is chosen to what is to be evaluated."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from engine.core.parameters import FloatArray
from engine.storage.model import Model
from gui.lab.classifier import independent_copy
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY, LibraryEntry
from gui.lab.model_titles import epoch_title
from gui.workspaces.evaluate.evaluation import Wish
from models.presets.pretrained import load


def make_wish(lab: Lab, digits: tuple[str, str], data_title: str, against: str) -> Wish | None:
    """What to evaluate, with the models' numbers as they are now; None without a model or data set.

    Args:
        lab: its current model is judged.
        digits: key of the data set and name of the part.
        data_title: of both.
        against: key of the second model, "" for none.
    """
    current = lab.models.current
    entry = next((one for one in lab.datasets.entries if one.key == digits[0]), None)
    if current is None or current.model is None or entry is None:
        return None
    models, versions = [_titled_copier(lab, current, current.model)], [_version(lab, current)]
    second = next((one for one in lab.models.entries if one.key == against), None)
    if second is not None and second.key != current.key:
        models.append(_titled_copier(lab, second, second.model))
        versions.append(_version(lab, second))
    data = (digits, entry, lab.datasets.validation_share, lab.datasets.seed, lab.datasets.by_writer)
    return Wish(tuple(versions), data, tuple(models), lab.datasets.part_source(entry, digits[1]), digits[0], data_title)


def _epoch_of(lab: Lab, entry: LibraryEntry) -> tuple[int, FloatArray | None]:
    """The epoch that is judged, and its weights; (0, None) for a model's weights as they are.

    That is the chosen epoch, and of a training under way the last whole one.
    """
    weights = lab.live.shown_weights(entry)
    if weights is None and entry.key == TRAINING_KEY and lab.live.has_epochs(entry):
        weights = lab.epoch.shown_weights
    return (lab.epoch.shown or 0, weights) if weights is not None else (0, None)


def _titled_copier(lab: Lab, entry: LibraryEntry, model: Model | None) -> tuple[str, Callable[[], Model]]:
    """The title, and what takes the numbers; the network for them is built by who calls it, in another thread."""
    if model is None:
        # Nobody has used it so far.
        return entry.title, partial(load, entry.key)
    (epoch, weights), network = _epoch_of(lab, entry), model.network
    read_as = lab.live.shown_model(entry) or model
    snapshot = network.store.snapshot() if weights is None else weights

    def copy() -> Model:
        twin = independent_copy(network)
        twin.store.restore(snapshot)
        return replace(read_as, network=twin)

    return epoch_title(entry.title, epoch) if epoch else entry.title, copy


def _version(lab: Lab, entry: LibraryEntry) -> tuple[object, object]:
    model = lab.live.shown_model(entry)
    calibration = model.calibration if model is not None else None
    return (entry.key, id(entry.model), _epoch_of(lab, entry)[0]), calibration
