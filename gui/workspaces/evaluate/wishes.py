"""From what is chosen to what is to be evaluated."""

from collections.abc import Callable
from dataclasses import replace

from engine.storage.model import Model
from gui.lab.classifier import independent_copy
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY, LibraryEntry
from gui.workspaces.evaluate.evaluation import Wish
from models.presets.pretrained import load


def make_wish(lab: Lab, digits: tuple[str, str], data_title: str, against: str, trained_epochs: int) -> Wish | None:
    """What to evaluate, with the models' numbers as they are now; None without a model or data set.

    Args:
        lab: its current model is judged.
        digits: key of the data set and name of the part.
        data_title: of both.
        against: key of the second model, "" for none.
        trained_epochs: that the model in training has seen.
    """
    current = lab.models.current
    entry = next((one for one in lab.datasets.entries if one.key == digits[0]), None)
    if current is None or current.model is None or entry is None:
        return None
    models, versions = [_named_copier(current, current.model, lab)], [_version(current, trained_epochs, lab)]
    second = next((one for one in lab.models.entries if one.key == against), None)
    if second is not None and second.key != current.key:
        model = second.model if second.model is not None else load(second.key)
        models.append(_named_copier(second, model, lab))
        versions.append(_version(second, trained_epochs, lab))
    split = (lab.datasets.validation_share, lab.datasets.seed)
    key = (tuple(versions), digits, id(entry), split)
    return Wish(key, tuple(models), lab.datasets.part_source(entry, digits[1]), data_title)


def _named_copier(entry: LibraryEntry, model: Model, lab: Lab) -> tuple[str, Callable[[], Model]]:
    """The title, and what takes the numbers as they are shown now.

    The network for them is built by who calls it, in another thread.
    """
    shown, network = lab.live.shown_weights(entry), model.network
    snapshot = network.store.snapshot() if shown is None else shown

    def copy() -> Model:
        twin = independent_copy(network)
        twin.store.restore(snapshot)
        return replace(model, network=twin)

    return entry.title if shown is None else f"{entry.title}, epoch {lab.epoch.shown}", copy


def _version(entry: LibraryEntry, trained_epochs: int, lab: Lab) -> tuple[object, ...]:
    calibration = entry.model.calibration if entry.model is not None else None
    # A chosen epoch stays what it is while the training goes on.
    if lab.live.shown_weights(entry) is not None:
        return entry.key, id(entry.model), "epoch", lab.epoch.shown, calibration
    return entry.key, id(entry.model), trained_epochs if entry.key == TRAINING_KEY else 0, calibration
