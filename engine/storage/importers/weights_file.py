"""Weights of a given architecture, from `.npz` and safetensors files that Keras, PyTorch or DigitLab's exports made."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.errors import ModelFileError
from engine.storage.importers.folded import OFFSET, SCALE, unfold
from engine.storage.importers.importer import (
    MOST_PARAMETERS,
    ArchitectureNeededError,
    Imported,
    Importer,
    ImportWish,
    quoted,
)
from engine.storage.importers.matching import Match, Slot, match, neutral_of, slots_of
from engine.storage.importers.npz_arrays import NpzArrays
from engine.storage.importers.safetensors_arrays import SafetensorsArrays
from engine.storage.importers.weight_arrays import WeightArrays
from engine.storage.model_document import parse_document
from engine.storage.model_file import model_without_weights

_TITLES = {"keras": "Keras'", "pytorch": "PyTorch's"}


class NpzWeights(Importer):
    """Arrays in NumPy's archive."""

    key: ClassVar[str] = "npz"
    title: ClassVar[str] = "NumPy weights"
    suffix: ClassVar[str] = ".npz"

    def recognizes(self, head: bytes) -> bool:
        """Zip archives begin so."""
        return head[:4] == b"PK\x03\x04"

    def read(self, path: Path, wish: ImportWish) -> Imported:
        """The architecture with the file's weights. Raises `ModelFileError` and `DataError`."""
        with SourceFile(path) as source:
            return _read(NpzArrays(source), path, wish)


class SafetensorsWeights(Importer):
    """Arrays in a safetensors file that is no model of DigitLab."""

    key: ClassVar[str] = "safetensors"
    title: ClassVar[str] = "safetensors weights"
    suffix: ClassVar[str] = ".safetensors"

    def recognizes(self, head: bytes) -> bool:
        """A length of eight bytes, then the header's brace."""
        return len(head) > 8 and head[8:9] == b"{" and head[5:8] == b"\0\0\0"

    def read(self, path: Path, wish: ImportWish) -> Imported:
        """The architecture with the file's weights. Raises `ModelFileError` and `DataError`."""
        arrays = SafetensorsArrays(path)
        try:
            return _read(arrays, path, wish)
        finally:
            arrays.close()


def _read(arrays: WeightArrays, path: Path, wish: ImportWish) -> Imported:
    size = sum(int(np.prod(one.shape, dtype=object)) for one in arrays.held)
    if size > MOST_PARAMETERS:
        raise ModelFileError(f"holds more than {MOST_PARAMETERS:,} numbers, which no network of digits does.")
    # Our exports may say four statistics of a channel by two.
    own = model_without_weights(parse_document(arrays.document), 2 * size) if arrays.document else None
    if wish.architecture is None and own is None:
        raise ArchitectureNeededError
    model = own if wish.architecture is None else wish.architecture()
    assert model is not None
    if wish.architecture is not None and own is not None and own.labels == model.labels and own.task == model.task:
        # How logits are read belongs to the weights.
        model.network.loss, model.calibration = own.network.loss, own.calibration
    slots = slots_of(list(model.network.layers))
    # Our exports flatten as the layers here do; PyTorch's own networks have the channels first.
    mixed = wish.flatten_order == "channels-first" or (not wish.flatten_order and own is None)
    found = match(arrays.held, slots, wish.layout, in_order=arrays.in_order, mixed=mixed)
    for slot, matches in zip(slots, found.matches, strict=True):
        _fill(slot, matches, arrays)
    if own is None:
        model.title = path.stem[:200] or model.title
    count = sum(map(len, found.matches))
    told = f"{count} arrays {found.way}, in {_TITLES[found.layout]} layout"
    if found.layout == "pytorch" and mixed and any(slot.flattened and slot.flattened[2] > 1 for slot in slots):
        told += ", images flattened with the channels first"
    return Imported(model, told)


def _fill(slot: Slot, matches: list[Match], arrays: WeightArrays) -> None:
    """Write a layer's weights."""
    values: dict[str, FloatArray] = {}
    for one in matches:
        array: FloatArray = one.form.turn(arrays.load(one.held.name))
        if not np.isfinite(array).all():
            raise ModelFileError(f"holds numbers that are not finite in {quoted(one.held.name)}.")
        if not one.parameter and (array != neutral_of(one.held)).any():
            raise ModelFileError(f"holds {quoted(one.held.name)}, which the layer {quoted(slot.name)} has no use for.")
        values[one.parameter] = array
    if set(values) == {SCALE, OFFSET}:
        values = dict(unfold(slot.layer, values[SCALE], values[OFFSET]))
    for parameter in slot.layer.parameters:
        parameter.value[...] = values[parameter.name]
