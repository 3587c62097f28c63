"""Folders of pictures, one a class, as batches (batch, height, width, channels) with their classes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.defaults import default_seed
from engine.errors import ConfigurationError, DataError
from engine.keras.preprocessing.picture_files import img_to_array, load_img
from engine.sequential.datasets import Dataset

_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def class_files(
    directory: str | os.PathLike[str], classes: Sequence[str] | None = None
) -> tuple[list[Path], NDArray[np.intp], list[str]]:
    """Files, their class numbers (n,), and the classes' names: the folders' in alphabetical order.

    Raises:
        DataError: there is no such folder, or no picture in it.
    """
    root = Path(directory)
    if not root.is_dir():
        raise DataError(f"There is no folder {root.name!r}.")
    names = list(classes) if classes else sorted(part.name for part in root.iterdir() if part.is_dir())
    files: list[Path] = []
    numbers: list[int] = []
    for number, name in enumerate(names):
        found = sorted(path for path in (root / name).rglob("*") if path.suffix.lower() in _ENDINGS)
        files += found
        numbers += [number] * len(found)
    if not files:
        raise DataError(f"The folder {root.name!r} holds no pictures in folders of their classes.")
    return files, np.array(numbers), names


def labels_as(numbers: NDArray[np.intp], mode: str | None, classes: int) -> NDArray[Any] | None:
    """Class numbers (n,) as Keras gives them for "int", "sparse", "categorical" or "binary"; None for none.

    Raises:
        ConfigurationError: there is no such mode.
    """
    if mode is None:
        return None
    if mode in ("int", "sparse"):
        return numbers.astype(np.int32 if mode == "int" else np.float32)
    if mode == "binary":
        return numbers.astype(np.float32)
    if mode == "categorical":
        return np.eye(classes, dtype=np.float32)[numbers]
    raise ConfigurationError(f"Classes are given as int, categorical or binary, not {mode!r}.", "label_mode")


class ImageFolder(Dataset):
    """Batches of pictures in folders of their classes.

    Attributes:
        class_names: the folders' names.
        file_paths: of the pictures.
    """

    class_names: Sequence[str] = ()
    file_paths: Sequence[str] = ()


def _read(path: Path, size: tuple[int, int], mode: str, interpolation: str) -> NDArray[Any]:
    return img_to_array(load_img(path, mode, size, interpolation))


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",  # noqa: ANN401 — "inferred", None or numbers
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    **settings: Any,  # noqa: ANN401 — further ones of Keras', without effect
) -> Any:  # noqa: ANN401 — a data set, or two
    """Batches (pictures, classes) of a folder that has one folder a class.

    Args:
        directory: the folder.
        labels: "inferred" from the folders, None for none, or a number a file.
        label_mode: "int", "categorical", "binary" or None.
        class_names: the folders to take, in the order of the class numbers.
        color_mode: "rgb", "rgba" or "grayscale".
        batch_size: None for single pictures.
        image_size: (height, width).
        shuffle: in a new order in each pass.
        seed: of the order.
        validation_split: this share of the files is for validation.
        subset: "training" or "validation"; "both" for two data sets.
        interpolation: as for `load_img`.
        settings: Keras' further ones, without effect.

    Raises:
        DataError: there are no pictures.
        ConfigurationError: a setting makes no sense.
    """
    files, numbers, names = class_files(directory, class_names)
    if not isinstance(labels, str) and labels is not None:
        numbers = np.asarray(labels, np.intp)
    order = np.arange(len(files))
    if shuffle:
        order = np.random.default_rng(default_seed() if seed is None else seed).permutation(len(files))
    if subset not in (None, "training", "validation", "both"):
        raise ConfigurationError(f"A subset is training, validation or both, not {subset!r}.", "subset")
    held = int(len(files) * (validation_split or 0))
    parts = {"training": order[: len(files) - held], "validation": order[len(files) - held :]}
    targets = None if labels is None else labels_as(numbers, label_mode, len(names))

    def made(chosen: NDArray[np.intp]) -> ImageFolder:
        def passes() -> Iterator[Any]:
            for place in chosen:
                picture = _read(files[place], image_size, color_mode, interpolation)
                yield picture if targets is None else (picture, targets[place, ...])

        data: Dataset = Dataset(passes, len(chosen))
        data = data.shuffle(len(chosen), seed) if shuffle else data
        data = data if batch_size is None else data.batch(batch_size)
        folder = ImageFolder(data.passes, len(data))
        folder.class_names, folder.file_paths = names, [str(files[place]) for place in chosen]
        return folder

    if subset == "both":
        return made(parts["training"]), made(parts["validation"])
    return made(order if subset is None else parts[subset])
