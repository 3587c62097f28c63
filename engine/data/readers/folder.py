"""A folder: MNIST's own files, a pair of `.npy`, a folder of images for each digit, or images named by their digit."""

import os
import re
from pathlib import Path

import numpy as np

from engine.core.file_io import reason_of
from engine.core.parameters import FloatArray
from engine.data.readers.array_names import choose_part
from engine.data.readers.idx import find_idx_parts, read_idx_folder
from engine.data.readers.npy import find_npy_pairs, read_npy_folder
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.turning import turned_ink
from engine.errors import DataError
from engine.ink.drawing_files import DIGIT_WORDS
from engine.ink.photos.images import features_from_image, open_image
from engine.ink.photos.thin_pens import REPAINTED, are_thin, thickened

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".pnm"}
_MAX_IMAGES = 500_000
_MOST_NAMED = 3  # images without ink
# "7", "digit_7", "class 7", "07"; not "17".
_CLASS_NAME = re.compile(r"(?:[^0-9]*[^0-9]|)0*([0-9])")
# "7_001.png", "7-a.png", "7.png", "digit7_12.png", "five (2).png"; not "17.png" and not "001.png".
_FILE_NAME = re.compile(r"(?:digit|class|label)?[ _-]?([0-9])(?:[^0-9].*)?", re.IGNORECASE)
_PART_NAMES = {"train": "train", "training": "train", "test": "test", "testing": "test", "val": "validation",
               "valid": "validation", "validation": "validation"}  # fmt: skip
_RAW = "raw"  # where PyTorch keeps MNIST's own files
_LayOut = list[tuple[Path, int]]


def read_folder(path: Path, options: ReadOptions) -> Reading:
    """The digits of a folder; images in the order of their classes, then of their names.

    Hidden files and files that are not named like images are left out, and so are images without ink, which are told.

    Raises:
        DataError: there is nothing of a known layout, a file is damaged, or all images are blank.
    """
    for folder in (path, path / _RAW):
        if folder.is_dir():
            if parts := find_idx_parts(folder):
                return read_idx_folder(folder, parts, options)
            if pairs := find_npy_pairs(folder):
                return read_npy_folder(folder, pairs, options)
    groups = _groups(path)
    part, guesses = choose_part(path, groups, options)
    return turned_ink(_read_images(path, groups[part], guesses), options)


def _read_images(path: Path, files: _LayOut, guesses: tuple[str, ...]) -> Reading:
    if len(files) > _MAX_IMAGES:
        raise DataError(f"{path}: {len(files):,} images are more than can be read at once ({_MAX_IMAGES:,}).")
    images: list[FloatArray] = []
    labels: list[int] = []
    blank: list[Path] = []
    for file, label in files:
        found = features_from_image(open_image(file))
        if found is None:
            blank.append(file)
        else:
            images.append(found)
            labels.append(label)
    if not images:
        raise DataError(f"{blank[0]}: there is no ink in this image, nor in the others of the folder.")
    if blank:
        named = ", ".join(str(file.relative_to(path)) for file in blank[:_MOST_NAMED])
        more = f" and {len(blank) - _MOST_NAMED} more" if len(blank) > _MOST_NAMED else ""
        guesses += (f"no ink, left out: {named}{more}",)
    features = np.stack(images)
    if are_thin(features):
        # Small clean images keep their own pen.
        guesses += (REPAINTED,)
        features = np.stack([thickened(image) for image in features])
    return Reading(features, np.array(labels, np.int64), path.name or str(path), guesses=guesses)


def _groups(path: Path) -> dict[str, _LayOut]:
    """The images by part, "" where the folder itself holds the classes."""
    try:
        groups = {"": files} if (files := _by_class(path)) else {}
        if not groups:
            for folder in sorted(entry for entry in path.iterdir() if entry.is_dir()):
                part = _PART_NAMES.get(folder.name.lower())
                if part and (files := _by_class(folder) or _by_name(folder)):
                    groups[part] = files
        if not groups and (files := _by_name(path)):
            groups[""] = files
    except OSError as error:
        raise DataError(f"{path}: the folder cannot be read ({reason_of(error)}).") from None
    if groups:
        return groups
    unnamed = next(iter(_images_in(path)), None)
    if unnamed is not None:
        raise DataError(
            f"{unnamed}: the name does not begin with the digit; name images such as 7_001.png, or put them into a "
            "folder for each digit, named 0 to 9."
        )
    raise DataError(f"{path}: no images found; a folder for each digit is needed, named 0 to 9, with images in it.")


def _by_class(path: Path) -> _LayOut:
    files = []
    for folder in sorted(entry for entry in path.iterdir() if entry.is_dir()):
        label = _class_of(folder.name)
        if label is not None:
            files += [(file, label) for file in _images_in(folder)]
    return files


def _class_of(name: str) -> int | None:
    word = name.strip().lower()
    if word in DIGIT_WORDS:
        return DIGIT_WORDS.index(word)
    match = _CLASS_NAME.fullmatch(name)
    return None if match is None else int(match.group(1))


def _by_name(path: Path) -> _LayOut:
    """The images of a folder that are named by their digit; none where one of them is not."""
    files = []
    for file in _images_in(path):
        match = _FILE_NAME.fullmatch(file.stem)
        word = re.split(r"[^a-z]", file.stem.lower())[0]
        if match is None and word not in DIGIT_WORDS:
            return []
        files.append((file, int(match.group(1)) if match else DIGIT_WORDS.index(word)))
    return files


def _images_in(folder: Path) -> list[Path]:
    return [
        Path(file.path)
        for file in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if file.is_file() and not file.name.startswith(".") and Path(file.name).suffix.lower() in _SUFFIXES
    ]
