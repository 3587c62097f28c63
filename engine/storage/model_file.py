"""Model files: a trained network on disk, safe to open from anywhere. Nothing in a file is ever executed.

`engine.storage.model_container` is the shell (safetensors, checksum), `engine.storage.model_document` the description
inside; here the two become a network. The arrays are named "0.kernel", "0.bias", …: the number of the layer from 0 and
the parameter.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.file_io import reason_of, write_atomically
from engine.core.parameters import Shape
from engine.errors import EngineError, ModelFileError
from engine.ink import OLDEST_LIKE_PREPROCESSING_VERSION, PREPROCESSING_NAME, PREPROCESSING_VERSION
from engine.layers import Layer, layer_from_config
from engine.losses import LOSSES
from engine.sequential import Sequential
from engine.storage.model import TASKS, Model
from engine.storage.model_container import checksum, pack, parse_header, read_arrays, read_model_bytes
from engine.storage.model_document import ModelDocument, parse_document

__all__ = ["Model", "from_bytes", "load_model", "save_model", "to_bytes"]

# Windows and strides on 20×20 images never need more; larger ones would only ask for large buffers.
_LARGEST_WINDOW = 64
# What all layers give for one digit, and what one convolution sees of it, window by window: 8 and 80 MB. Five
# convolutions of 512 filters at full size give half of it, windows of 7×7 on 512 channels see half of it.
_MOST_NUMBERS, _MOST_IN_WINDOWS = 2_000_000, 20_000_000


def save_model(path: str | os.PathLike[str], model: Model) -> None:
    """Write a model file; an old file stays as it was unless the new contents are whole and can be read back.

    Raises:
        ModelFileError: the model cannot be stored, or the file cannot be written; one plain sentence.
    """
    try:
        data = to_bytes(model)
        from_bytes(data)
    except ModelFileError as error:
        raise ModelFileError(f"The model cannot be saved: it {error}") from error
    if os.path.isdir(path):
        raise ModelFileError(f"The model cannot be saved to {str(path)!r}: that is a folder.")
    try:
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        raise ModelFileError(f"The model cannot be saved to {str(path)!r}: {reason_of(error)}.") from error


def load_model(path: str | os.PathLike[str]) -> Model:
    """Read a model file.

    Raises:
        ModelFileError: the file is missing, damaged, foreign or newer than this program; one plain sentence.
    """
    try:
        return from_bytes(read_model_bytes(Path(path)))
    except ModelFileError as error:
        raise ModelFileError(f"The model file {str(path)!r} cannot be used: it {error}") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise ModelFileError(f"The model file {str(path)!r} cannot be opened: {reason_of(error)}.") from error


def to_bytes(model: Model) -> bytes:
    """A model as the contents of a model file.

    Raises:
        ModelFileError: the model holds something that a file cannot.
    """
    document = document_of(model)
    network = model.network
    values = [np.array(parameter.value, order="C") for parameter in network.store.parameters]
    arrays = dict(zip(_array_names(network.layers), values, strict=True))
    text = document.to_json()
    return pack(text.replace(document.checksum, checksum(text, arrays)), arrays)


def document_of(model: Model) -> ModelDocument:
    """What a model file says about a model beside its parameters.

    Raises:
        ModelFileError: the network is not built, or has no loss.
    """
    network = model.network
    if not network.built or network.loss is None:
        raise ModelFileError("has no built network with a loss.")
    return ModelDocument(
        name=model.name,
        title=model.title,
        task=model.task,
        labels=tuple(model.labels),
        input_shape=tuple(network.example_shape),
        layers=tuple({"kind": layer.kind, **layer.config()} for layer in network.layers),
        loss={"kind": network.loss.kind, **network.loss.config()},
        preprocessing=model.preprocessing,
        training=model.training,
        calibration=model.calibration,
    )


def model_without_weights(document: ModelDocument, most: int) -> Model:
    """The model of a document, with weights as they start, and at most so many of them.

    Raises:
        ModelFileError: it cannot be built, or has more; completes the sentence "The model file … it …".
    """
    _check_preprocessing(document)

    def check(where: str, name: str, expected: Shape, _index: int) -> None:
        if not all(isinstance(size, int) for size in expected) or not 0 <= math.prod(expected) <= most:
            raise ModelFileError(f"is damaged ({where} wants a {name} of shape {expected}).")

    layers = _make_layers(document, check)
    if sum(math.prod(spec.shape) for layer in layers for spec in layer.specs) > most:
        raise ModelFileError("is damaged (its layers have more weights than it holds numbers).")
    network = _make_network(document, layers, np.dtype(np.float32))
    return Model(
        network, document.name, document.title, document.labels, document.task, document.preprocessing,
        document.training, document.calibration,
    )  # fmt: skip


def from_bytes(data: bytes) -> Model:
    """The model in the contents of a model file.

    Raises:
        ModelFileError: they are anything but an undamaged model file; completes the sentence "The model file … it …".
    """
    text, shapes = parse_header(data, len(data))
    document = parse_document(text)
    arrays = read_arrays(data)
    if checksum(text.replace(document.checksum, "0" * 64), arrays) != document.checksum:
        raise ModelFileError("is damaged (its checksum is wrong).")
    _check_preprocessing(document)
    layers = _make_layers(document, _held_against(shapes))
    names = _array_names(layers)
    if set(names) != set(shapes):
        raise ModelFileError("is damaged (its numbers do not belong to its layers).")
    kinds = {array.dtype for array in arrays.values()}
    if len(kinds) != 1:
        raise ModelFileError("is damaged (its numbers are missing or of several types).")
    network = _make_network(document, layers, kinds.pop())
    for name, parameter in zip(names, network.store.parameters, strict=True):
        if not np.isfinite(arrays[name]).all():
            raise ModelFileError(f"holds numbers that are not finite in layer {int(name.partition('.')[0]) + 1}.")
        parameter.value[...] = arrays[name]
    model = Model(
        network, document.name, document.title, document.labels, document.task, document.preprocessing,
        document.training, document.calibration,
    )  # fmt: skip
    with np.errstate(all="ignore"):
        finite = np.isfinite(model.answer(np.ones((20, 20)))).all()
    if not finite:
        raise ModelFileError("holds numbers so large that its answers are not finite.")
    return model


def _check_preprocessing(document: ModelDocument) -> None:
    name, version = document.preprocessing
    if name == PREPROCESSING_NAME and OLDEST_LIKE_PREPROCESSING_VERSION <= version <= PREPROCESSING_VERSION:
        return
    if name == PREPROCESSING_NAME and version > PREPROCESSING_VERSION:
        raise ModelFileError("was made by a newer version of DigitLab (its images are prepared in a newer way).")
    raise ModelFileError(f"wants images prepared as {name!r} {version}, which this version of DigitLab cannot do.")


# Told about each array that a layer needs (where, its name, its shape, the layer's number) before it is allocated.
_Check = Callable[[str, str, Shape, int], None]


def _held_against(shapes: Mapping[str, Shape]) -> _Check:
    """Raises unless the file's arrays have just the shapes that the layers need."""

    def check(where: str, name: str, expected: Shape, index: int) -> None:
        given = shapes.get(f"{index}.{name}")
        if given != expected:
            raise ModelFileError(f"is damaged ({where} needs a {name} of shape {expected}, the file holds {given}).")

    return check


def _make_layers(document: ModelDocument, check: _Check) -> list[Layer]:
    """The layers, each built, and checked before anything large is allocated."""
    layers: list[Layer] = []
    shape: Shape = document.input_shape
    numbers = 0
    for index, config in enumerate(document.layers):
        where = f"layer {index + 1} ({str(config['kind'])[:40]!r})"
        kernel = _kernel_shape(config, shape)
        if kernel is not None:
            check(where, "kernel", kernel, index)
        try:
            layer = layer_from_config(config)
            shape = layer.build(shape, None)
            numbers += math.prod(shape)
            windows = math.prod(kernel[:-1]) * math.prod(shape[:-1]) if kernel and "filters" in config else 0
        except (EngineError, TypeError, ValueError, KeyError, OverflowError) as error:
            raise ModelFileError(f"cannot be built: {where} is not possible or unknown to this version.") from error
        for spec in layer.specs:
            check(where, spec.name, spec.shape, index)
        if numbers > _MOST_NUMBERS or windows > _MOST_IN_WINDOWS:
            raise ModelFileError(
                f"asks for too much memory (up to {where}, a single digit needs {max(numbers, windows):,} numbers)."
            )
        layers.append(layer)
    return layers


def _kernel_shape(config: Mapping[str, Any], input_shape: Shape) -> Shape | None:
    """The kernel that a layer's description asks for, known before it is made; None for layers without one."""
    for key in ("kernel_size", "pool_size", "strides"):
        sizes = config.get(key) or 1
        if any(not isinstance(n, int) or n > _LARGEST_WINDOW for n in (sizes if isinstance(sizes, list) else [sizes])):
            raise ModelFileError(f"is damaged (a layer's {key} is out of range).")
    if "units" in config:
        return (*input_shape[-1:], config["units"])
    if "filters" in config:
        size = config.get("kernel_size")
        sides = tuple(size) if isinstance(size, list) else (size,) * (len(input_shape) - 1)
        return (*sides, *input_shape[-1:], config["filters"])
    return None


def _make_network(document: ModelDocument, layers: Sequence[Layer], dtype: np.dtype[Any]) -> Sequential:
    loss = dict(document.loss)
    kind = loss.pop("kind")
    if kind not in LOSSES:
        raise ModelFileError(f"names the loss {kind[:40]!r}, which this version of DigitLab does not know.")
    try:
        network = Sequential(layers, dtype=dtype)
        network.build(document.input_shape)
        network.loss = LOSSES[kind].from_config(loss)
    except (EngineError, TypeError, ValueError, KeyError) as error:
        raise ModelFileError("cannot be built: its layers or its loss are not possible.") from error
    _check_task(document, network.answer_shape)
    return network


def _check_task(document: ModelDocument, output_shape: Shape) -> None:
    """The outputs have to be as many as the task and the labels say."""
    if document.task not in TASKS:
        raise ModelFileError(f"has the task {document.task[:40]!r}, which this version of DigitLab does not know.")
    labels = len(document.labels)
    expected = {"binary": (1, 2), "regression": (1, 1)}.get(document.task, (labels, labels))
    if output_shape != expected[:1] or labels != expected[1] or (document.task == "multiclass" and labels < 2):
        raise ModelFileError(f"is damaged ({labels} labels do not fit outputs of shape {output_shape}).")


def _array_names(layers: Sequence[Layer]) -> list[str]:
    return [f"{index}.{spec.name}" for index, layer in enumerate(layers) for spec in layer.specs]
