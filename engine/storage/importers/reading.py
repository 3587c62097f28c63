"""The one way in: which importer a file is for, and the checks that every model passes before it answers."""

from pathlib import Path

from engine.core.file_io import check_regular_file, reason_of
from engine.core.source_file import SourceFile
from engine.data.readers.array_names import find_pairs, says_digits
from engine.errors import DataError, EngineError, ModelFileError
from engine.storage.importers.foreign_models import refusal, unknown
from engine.storage.importers.importer import ArchitectureNeededError, Imported, Importer, ImportWish
from engine.storage.importers.npz_arrays import NpzArrays
from engine.storage.importers.onnx_file import OnnxModel
from engine.storage.importers.weights_file import NpzWeights, SafetensorsWeights
from engine.storage.model_document import MODEL_ENTRY
from engine.storage.model_file import from_bytes, to_bytes

IMPORTERS: dict[str, Importer] = {
    importer.key: importer for importer in (OnnxModel(), NpzWeights(), SafetensorsWeights())
}
_HEAD_BYTES = 512


def import_model(path: Path, wish: ImportWish | None = None) -> Imported:
    """The model in a file of another program; nothing in the file is executed.

    Raises:
        ModelFileError, DataError: it cannot be read, or does not fit; one sentence that names the file, the first
            operator or shape at fault, and the way out.
        ArchitectureNeededError: it holds weights alone, and `wish` does not say for which layers.
    """
    importer = importer_for(path)
    try:
        imported = importer.read(path, wish or ImportWish())
        # The limits of model files hold for what comes from elsewhere, too.
        model = from_bytes(to_bytes(imported.model))
    except ArchitectureNeededError:
        raise
    except DataError:
        raise
    except ModelFileError as error:
        raise ModelFileError(f"{path} cannot be imported: it {error}") from error
    except EngineError as error:
        raise ModelFileError(f"{path} cannot be imported: {error}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be imported: {reason_of(error)}.") from error
    except MemoryError:
        raise ModelFileError(f"{path} cannot be imported: there is not enough memory for it.") from None
    except Exception:  # Damaged files break zipfile, NumPy and JSON in a dozen ways.
        raise ModelFileError(f"{path} cannot be imported: it is damaged, or made in a way that is not read.") from None
    return Imported(model, imported.told)


def importer_for(path: Path) -> Importer:
    """The importer for a file, by its name, else by how it begins.

    Raises:
        DataError: it is missing, or of a kind that is not read; a whole sentence with the way out.
    """
    head = _head(path)
    refused = refusal(path, head)
    if refused is not None:
        raise refused
    named = [importer for importer in IMPORTERS.values() if path.suffix.lower() == importer.suffix]
    likely = [importer for importer in IMPORTERS.values() if importer.recognizes(head)]
    for importer in (*named, *likely):
        return importer
    raise unknown(path)


def is_model_of_elsewhere(path: Path) -> bool:
    """Whether a `.npz` or safetensors file holds weights, and is neither a data set nor a model file of ours."""
    try:
        head = _head(path)
    except DataError:
        return False
    if path.suffix.lower() == ".safetensors":
        return f'"{MODEL_ENTRY}"'.encode() not in head and SafetensorsWeights().recognizes(head)
    if not NpzWeights().recognizes(head):
        return False
    try:
        with SourceFile(path) as source:
            arrays = NpzArrays(source)
            return bool(arrays.document) or not _are_digits(arrays)
    except Exception:  # Whoever reads it says what is wrong with it.
        return False


def _are_digits(arrays: NpzArrays) -> bool:
    """Whether there are images with labels: arrays of such names, or a row of whole numbers for as many images."""
    shapes = {one.name: one.shape for one in arrays.held}
    for pair in find_pairs(shapes):
        if pair.labels is None or says_digits(pair):
            return True
        count, labels = shapes[pair.images][:1], shapes[pair.labels]
        if labels[:1] == count and (arrays.load(pair.labels) % 1 == 0).all():
            return True
    return False


def _head(path: Path) -> bytes:
    check_regular_file(path)
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise DataError(f"{path}: the file cannot be read ({reason_of(error)}).") from None
