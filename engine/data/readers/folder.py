"""A folder of images by class: one folder for each digit, named by it, with images of that digit in it."""

import os
import re
from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import DataError
from engine.ink.photos.images import features_from_image, open_image

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".pnm"}
_MAX_IMAGES = 500_000
# "7", "digit_7", "class 7", "07"; not "17".
_CLASS_NAME = re.compile(r"(?:[^0-9]*[^0-9]|)0*([0-9])")


def read_folder(path: Path) -> Dataset:
    """The images of a folder's class folders, class by class, by name within a class.

    Hidden files and files that are not named like images are left out.

    Raises:
        DataError: there is no class folder or no image in any, or an image is damaged or blank.
    """
    files = _image_files(path)
    images = np.zeros((len(files), 20, 20), np.float32)
    labels = np.zeros(len(files), np.int64)
    for index, (file, label) in enumerate(files):
        features = features_from_image(open_image(file))
        if features is None:
            raise DataError(f"{file}: there is no ink in this image.")
        images[index] = features
        labels[index] = label
    return Dataset(images, labels, path.name or str(path))


def _image_files(path: Path) -> list[tuple[Path, int]]:
    files = []
    try:
        for folder in sorted(entry for entry in path.iterdir() if entry.is_dir()):
            name = _CLASS_NAME.fullmatch(folder.name)
            if name is None:
                continue
            label = int(name.group(1))
            files += [
                (Path(file.path), label)
                for file in sorted(os.scandir(folder), key=lambda entry: entry.name)
                if file.is_file() and not file.name.startswith(".") and Path(file.name).suffix.lower() in _SUFFIXES
            ]
    except OSError as error:
        raise DataError(f"{path}: the folder cannot be read ({error.strerror}).") from None
    if not files:
        raise DataError(f"{path}: no images found; a folder for each digit is needed, named 0 to 9, with images in it.")
    if len(files) > _MAX_IMAGES:
        raise DataError(f"{path}: {len(files):,} images are more than can be read at once ({_MAX_IMAGES:,}).")
    return files
