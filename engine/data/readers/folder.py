"""A folder: images with their labels in files, or images of which folder, name or a table says the digit."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.core.file_io import reason_of
from engine.core.parameters import FloatArray
from engine.data.readers.array_names import choose_part, meaning_of
from engine.data.readers.file_pairs import find_file_pairs
from engine.data.readers.labels import whole_labels
from engine.data.readers.named_labels import digits_in_table, labels_of_names
from engine.data.readers.options import ReadOptions
from engine.data.readers.pictures import is_text_picture, pictures_of
from engine.data.readers.reading import Reading
from engine.data.readers.turning import turned_ink
from engine.errors import DataError
from engine.ink.digit_names import digit_named
from engine.ink.photos.images import features_from_image
from engine.ink.photos.thin_pens import REPAINTED, are_thin, thickened

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".pnm"}
_MAX_IMAGES = 500_000
_MOST_NAMED = 3  # images without ink
# "7_001", "7-a", "7", "digit7_12", "five (2)"; not "17" and not "001".
_FIRST = re.compile(r"((?:digit|class|label)?[ _-]?[0-9]|[a-z]+)(?:[^0-9a-z].*)?", re.IGNORECASE)
# "img0003_7", "00003-num7"; not "scan_17".
_LAST = re.compile(r".*[ _-]((?:[a-z]+[ _-]?)?[0-9])", re.IGNORECASE)
_DEEPEST, _MOST_FILES = 4, 200
# The images with their labels, and what was guessed about them.
_LayOut = tuple[list[tuple[Path, int]], tuple[str, ...]]
ReadFile = Callable[[Path, ReadOptions], Reading]


def read_folder(path: Path, options: ReadOptions, read_file: ReadFile, is_data: Callable[[Path], bool]) -> Reading:
    """The digits of a folder; images in the order of their classes, then of their names.

    Hidden files and files that are not named like images are left out, and so are images without ink, which are told.

    Args:
        path: of the folder; one that holds a single folder stands for that one.
        options: what is known better than guessed.
        read_file: reads one file.
        is_data: whether a file begins like one that `read_file` reads.

    Raises:
        DataError: there is nothing of a known layout, a file is damaged, or all images are blank.
    """
    folder = path
    try:
        for _ in range(_DEEPEST):
            if files := find_file_pairs(folder):
                return _read_part(path, files, options, read_file)
            if groups := _groups(folder):
                part, guesses = choose_part(path, groups, options)
                return turned_ink(_read_images(path, groups[part], guesses, options), options)
            if not images_in(folder) and (files := _data_files(folder, is_data)):
                return _read_part(path, files, options, read_file)
            inner = _folders_in(folder)
            # PyTorch keeps MNIST's own files there, beside what it has made of them.
            inner = [one for one in inner if one.name == "raw"] or inner
            if len(inner) != 1:
                break
            folder = inner[0]
        unnamed = next(iter(images_in(folder)), None)
    except OSError as error:
        raise DataError(f"{path}: the folder cannot be read ({reason_of(error)}).") from None
    if unnamed is not None:
        raise DataError(
            f"{unnamed}: the name does not begin with the digit; name images such as 7_001.png, or put them into a "
            "folder for each digit, named 0 to 9."
        )
    raise DataError(f"{path}: no images found; a folder for each digit is needed, named 0 to 9, with images in it.")


def read_listed(table: Path, options: ReadOptions) -> Reading | None:
    """The digits of the images beside a table, or in a folder beside it, that it names; None where it names none.

    Raises:
        DataError: as `read_folder`.
    """
    try:
        files = images_in(table.parent) or _images_below(table.parent)
        digits = digits_in_table(table, [file.name for file in files])
    except OSError:
        return None
    named = [(file, digit) for file in files if (digit := digits.get(file.stem)) is not None]
    return turned_ink(_read_images(table, (named, ()), (), options), options) if named else None


def _read_part(path: Path, files: dict[str, Path], options: ReadOptions, read_file: ReadFile) -> Reading:
    part, guesses = choose_part(path, files, options) if list(files) != [""] else ("", ())
    reading = read_file(files[part], replace(options, part=None) if part else options)
    return replace(reading, guesses=guesses + reading.guesses)


def _data_files(folder: Path, is_data: Callable[[Path], bool]) -> dict[str, Path]:
    """The only data file of a folder, or those whose names say of which part they are."""
    files = [Path(entry.path) for entry in _entries(folder)[:_MOST_FILES] if entry.is_file()]
    files = [file for file in files if file.suffix.lower() not in (".txt", ".md") and is_data(file)]
    if len(files) == 1:
        return {"": files[0]}
    parts = {meaning_of(file.name).part: file for file in reversed(files)}
    return dict(sorted(parts.items(), key=lambda item: item[0] != "train")) if "train" in parts else {}


def _read_images(path: Path, layout: _LayOut, guesses: tuple[str, ...], options: ReadOptions) -> Reading:
    if len(layout[0]) > _MAX_IMAGES:
        raise DataError(f"{path}: {len(layout[0]):,} images are more than can be read at once ({_MAX_IMAGES:,}).")
    guesses += layout[1]
    images: list[FloatArray] = []
    labels: list[int] = []
    blank: list[Path] = []
    for file, label in layout[0]:
        for picture in pictures_of(file):
            found = features_from_image(picture)
            if found is None:
                blank.append(file)
            else:
                images.append(found)
                labels.append(label)
    if not images:
        raise DataError(f"{blank[0]}: there is no ink in this image.")
    if blank:
        named = ", ".join(str(file.relative_to(path)) for file in blank[:_MOST_NAMED])
        more = f" and {len(blank) - _MOST_NAMED} more" if len(blank) > _MOST_NAMED else ""
        guesses += (f"no ink, left out: {named}{more}",)
    features = np.stack(images)
    if are_thin(features):
        # Small clean images keep their own pen.
        guesses += (REPAINTED,)
        features = np.stack([thickened(image) for image in features])
    known, words = whole_labels(path, np.array(labels, np.int64), options.label_shift)
    return Reading(features, known, path.name or str(path), guesses=guesses + words)


def _groups(path: Path) -> dict[str, _LayOut]:
    """The images by part, "" where the folder itself holds the classes."""
    if (found := _by_class(path))[0]:
        return {"": found}
    groups: dict[str, _LayOut] = {}
    for folder in _folders_in(path):
        part = meaning_of(folder.name).part
        for look in (_by_class, _by_name) if part else ():
            if part not in groups and (found := look(folder))[0]:
                groups[part] = found
    if not groups and (found := _by_name(path))[0]:
        groups[""] = found
    return dict(sorted(groups.items(), key=lambda item: item[0] != "train"))


def _by_class(path: Path) -> _LayOut:
    """The images in folders that are named by a digit, "7", "digit_7" or "seven"; also in folders inside of these."""
    named = [(folder, digit_named(folder.name)) for folder in _folders_in(path)]
    known = [(folder, label) for folder, label in named if label is not None]
    return [(file, label) for folder, label in known for file in images_in(folder) or _images_below(folder)], ()


def _images_below(folder: Path) -> list[Path]:
    return [file for inner in _folders_in(folder) for file in images_in(inner)]


def _by_name(path: Path) -> _LayOut:
    """The images that a table names with their digits, or that are named by their digit; none where one is not."""
    files = images_in(path) or _images_below(path)
    labels, table = labels_of_names(path, [file.name for file in files]) if files else ([], "")
    if labels:
        return list(zip(files, labels, strict=True)), (f"labels: {table}",)
    if not images_in(path) and any(file.stem.isdigit() for file in files):
        # Files that are counted up in folders that say nothing.
        return [], ()
    first = [_digit(_FIRST, file.stem) for file in files]
    last = [_digit(_LAST, file.stem) for file in files]
    # Ten names that end in 0 to 9 may only be counted.
    repeats = len(set(last)) < len(last)
    for digits, words in ((first, ()), (last if repeats else [], ("label: the end of the name",))):
        if digits and None not in digits:
            return [(file, digit) for file, digit in zip(files, digits, strict=True) if digit is not None], words
    return [], ()


def _digit(pattern: re.Pattern[str], stem: str) -> int | None:
    match = pattern.fullmatch(stem)
    return None if match is None else digit_named(match[1])


def images_in(folder: Path) -> list[Path]:
    """Pictures, or where there is none, those that are written as text."""
    files = [Path(entry.path) for entry in _entries(folder) if entry.is_file()]
    images = [file for file in files if file.suffix.lower() in _SUFFIXES]
    return images or [file for file in files if file.suffix.lower() == ".txt" and is_text_picture(file)]


def _folders_in(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if entry.is_dir() and entry.name != "__MACOSX"]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return sorted((entry for entry in os.scandir(folder) if not entry.name.startswith(".")), key=lambda e: e.name)
