"""ONNX files of plain stacks, read by ourselves: no package is needed, and nothing in the file is run."""

import mmap
from pathlib import Path
from typing import ClassVar

from engine.core.file_io import check_regular_file, reason_of
from engine.errors import DataError, ModelFileError
from engine.sequential import Sequential
from engine.storage.importers.importer import Imported, Importer, ImportWish
from engine.storage.importers.layer_chain import LayerChain
from engine.storage.importers.onnx_document import OnnxDocument, parse_onnx
from engine.storage.importers.onnx_head import find_head
from engine.storage.importers.onnx_layers import add_layers
from engine.storage.importers.onnx_patterns import OnnxGraphView
from engine.storage.model import Model
from engine.storage.model_document import MODEL_ENTRY, ModelDocument, parse_document

_LARGEST_FILE_BYTES = 100_000_000
_MOST_ANSWERS = 1_000
_SHAPES = ((20, 20), (20, 20, 1), (1, 20, 20), (400,), (1, 400))


class OnnxModel(Importer):
    """See the module."""

    key: ClassVar[str] = "onnx"
    title: ClassVar[str] = "ONNX"
    suffix: ClassVar[str] = ".onnx"

    def recognizes(self, head: bytes) -> bool:
        """An ONNX file has no mark of its own; its first field is its version."""
        return head[:1] == b"\x08" and len(head) > 2 and head[1] < 32 and head[2:3] in (b"\x12", b"\x3a")

    def read(self, path: Path, wish: ImportWish) -> Imported:
        """The model; what the person said about layers is not needed. Raises `ModelFileError` and `DataError`."""
        check_regular_file(path)
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                if not size:
                    raise DataError(f"{path}: the file is empty.")
                if size > _LARGEST_FILE_BYTES:
                    raise ModelFileError("is larger than 100 MB: no network of digits is.")
                # Mapped, not read: a large file costs what is looked at.
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise DataError(f"{path}: the file cannot be read ({reason_of(error)}).") from None
        return Imported(*_model(parse_onnx(memoryview(content)), path.stem))


def _model(document: OnnxDocument, title: str) -> tuple[Model, str]:
    about = _about(document)
    view = OnnxGraphView(document)
    head = find_head(document, view)
    chain = LayerChain(_input_shape(document))
    for step in view.chain(head.end):
        add_layers(step, view, chain)
    if not any(chain.weights):
        raise ModelFileError("has no weights.")
    chain.arrange(range(len(chain.shape)))
    if len(chain.shape) != 1:
        raise ModelFileError(f"gives answers of shape {chain.shape} for one image, where a row of numbers belongs.")
    if chain.shape[0] > _MOST_ANSWERS:
        raise ModelFileError(
            f"gives {chain.shape[0]:,} answers, where a model of digits has at most {_MOST_ANSWERS:,}."
        )
    network = Sequential(chain.layers)
    network.build(chain.input_shape)
    task, network.loss = head.loss(chain.shape[0])
    labels = _labels(task, chain.shape[0])
    model = Model(network, "imported", title[:200] or "Imported", labels, task, calibration=head.calibration)
    if about is not None and about.task == task and len(about.labels) == len(labels):
        model.name, model.title, model.labels, model.preprocessing = (
            about.name, about.title, about.labels, about.preprocessing,
        )  # fmt: skip
    for layer, weights in zip(network.layers, chain.weights, strict=True):
        for parameter, array in zip(layer.parameters, weights, strict=True):
            parameter.value[...] = array
    told = f"{len(document.nodes)} operators became {len(network.layers)} layers"
    if head.kind == "none" and task == "multiclass":
        told += "; its outputs are taken for logits, since no softmax is at its end"
    return model, told


def _about(document: OnnxDocument) -> ModelDocument | None:
    """What a file of ours says about labels and features; None where another program wrote it."""
    text = document.metadata.get(MODEL_ENTRY)
    return None if text is None else parse_document(text)


def _input_shape(document: OnnxDocument) -> tuple[int, ...]:
    if len(document.inputs) != 1:
        raise ModelFileError(f"has {len(document.inputs)} inputs, where one image belongs.")
    shape = next(iter(document.inputs.values()))[1:]
    sizes = tuple(-1 if size is None else size for size in shape)
    if sizes not in _SHAPES:
        raise ModelFileError(f"does not take 20×20 images but inputs of shape {sizes[:8]}.")
    return sizes


def _labels(task: str, outputs: int) -> tuple[str, ...]:
    if task == "regression":
        return ("value",)
    return tuple(str(label) for label in range(2 if task == "binary" else outputs))
