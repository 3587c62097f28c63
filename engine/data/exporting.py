"""Labelled drawings written for other programs: as drawings, arrays, MNIST's own files, or folders of images.

`read_digits` reads all of them back: drawing files and `.npz` give the same features bit for bit, the other two the
same rounded to 256 levels.
"""

import io
import shutil
import struct
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import write_atomically
from engine.data.dataset import Dataset
from engine.data.readers.drawings import dataset_from_drawings
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One way to write drawings.

    Attributes:
        title: what a person chooses.
        suffix: of the file; "" for a folder.
        write: does it; raises `DataError` where there is nothing to write or no label, and `OSError`.
    """

    title: str
    suffix: str
    write: Callable[[Path, Sequence[Drawing]], None]


def write_npz(path: Path, drawings: Sequence[Drawing]) -> None:
    """`images`, `labels` (n,) and, where known, `writers` (n,), as `Dataset` has them.

    The images are (n, 20, 20) float32, or (n, 28, 28) uint8 where all came so.

    Raises:
        DataError: a drawing has no label.
        OSError: the file cannot be written.
    """
    digits = _digits(path, drawings)
    arrays = {"images": digits.images if digits.originals is None else digits.originals, "labels": digits.labels}
    if digits.writers is not None:
        arrays["writers"] = digits.writers
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomically(path, buffer.getvalue())


def write_idx(path: Path, drawings: Sequence[Drawing]) -> None:
    """A folder with `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, as MNIST has them.

    The images are (n, 20, 20), or (n, 28, 28) where all came so.

    Raises:
        DataError: a drawing has no label.
        OSError: the folder exists already, or cannot be written.
    """
    digits = _digits(path, drawings)
    levels, count = _levels(digits), len(digits)

    def fill(folder: Path) -> None:
        head = struct.pack(">IIII", 0x803, count, *levels.shape[1:])
        write_atomically(folder / "train-images-idx3-ubyte", head + levels.tobytes())
        labels = digits.labels.astype(np.uint8).tobytes()
        write_atomically(folder / "train-labels-idx1-ubyte", struct.pack(">II", 0x801, count) + labels)

    _write_folder(path, fill)


def write_png_folders(path: Path, drawings: Sequence[Drawing]) -> None:
    """A folder for each digit with a grey image for each drawing, light ink on black.

    Raises:
        DataError: a drawing has no label.
        OSError: the folder exists already, or cannot be written.
    """
    from PIL import Image

    digits = _digits(path, drawings)

    def fill(folder: Path) -> None:
        for number, (level, label) in enumerate(zip(_levels(digits), digits.labels.tolist(), strict=True)):
            (folder / str(label)).mkdir(exist_ok=True)
            Image.fromarray(level).save(folder / str(label) / f"{number:05}.png")

    _write_folder(path, fill)


def _write_drawings(path: Path, drawings: Sequence[Drawing]) -> None:
    if not drawings:
        raise DataError(f"{path.name}: there is no drawing to write.")
    write_drawings(path, drawings)


def _digits(path: Path, drawings: Sequence[Drawing]) -> Dataset:
    labelled = [drawing for drawing in drawings if drawing.label is not None]
    if not labelled:
        raise DataError(f"{path.name}: there is no digit to write.")
    return dataset_from_drawings(labelled, path.name)


def _levels(digits: Dataset) -> NDArray[np.uint8]:
    return np.rint(digits.images * 255).astype(np.uint8) if digits.originals is None else digits.originals


def _write_folder(path: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder, all or nothing."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OSError(f"{path} exists already; choose a new or an empty folder")
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent))
    try:
        fill(made)
        made.chmod(0o755)
        if path.exists():
            path.rmdir()
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


# To add a format: a function and its line here.
EXPORT_FORMATS: dict[str, ExportFormat] = {
    "drawings": ExportFormat("Drawing file (strokes)", ".jsonl", _write_drawings),
    "npz": ExportFormat("NumPy archive", ".npz", write_npz),
    "idx": ExportFormat("IDX files, as MNIST's", "", write_idx),
    "png": ExportFormat("PNG images in a folder a digit", "", write_png_folders),
}
