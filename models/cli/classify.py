"""`classify`: what a model says about drawings and images."""

import argparse
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import DataError
from engine.evaluation.wording import percent
from models.cli.data_options import add_reading, read_told
from models.cli.output import write_json, write_line
from models.cli.parsing import Parser, Subparsers, add_json, add_model

if TYPE_CHECKING:
    from engine.core.parameters import FloatArray
    from engine.ink.drawing import Drawing
    from engine.ink.photos.found_ink import FoundInk
    from engine.storage.model import Model
    from models.reading.numbers import NumberReading


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """One drawing or image.

    Attributes:
        file: that it is from.
        place: in the file, from 1.
        features: as one digit; None when blank.
        drawing: the strokes; None for an image.
        ink: where it is in an image file; None for anything else.
    """

    file: str
    place: int
    features: "FloatArray | None"
    drawing: "Drawing | None" = None
    ink: "FoundInk | None" = None


def add_parser(subparsers: Subparsers) -> None:
    """Add `classify` with its options."""
    parser: Parser = subparsers.add_parser(
        "classify",
        help="recognise drawings and images",
        description="Recognise drawings (.jsonl, .jsonl.gz) and images (PNG, JPEG and others). With --json one object "
        'a drawing, {"label", "probabilities", "rejected"}: what it says as one digit; "rejected" is true where it is '
        "likely no digit at all; a blank drawing has null for label and probabilities. A drawing of several digits "
        'also has "number", its text from left to right, "confidence", and "digits", each with its label, '
        "probabilities, box [left, top, right, bottom] in the drawing's unit and strokes.",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="drawing file, image, folder of images, or data file such as a table of pixels",
    )
    parser.add_argument("--one-digit", action="store_true", help="take everything for one digit, never for a number")
    add_model(parser)
    add_reading(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a drawing; 0. All files are read before the first line is printed."""
    import numpy as np

    from engine.evaluation.calibration import REJECTED_TEXT
    from models.presets.pretrained import load

    model = load(arguments.model)
    items = [item for file in arguments.files for item in _read(file, arguments)]
    inked = [item.features for item in items if item.features is not None]
    rows = iter(model.answer(np.stack(inked)).tolist() if inked else ())
    refusals = iter(model.rejects(np.stack(inked)).tolist() if inked else ())
    several = {item.file for item in items if item.place > 1}
    for item in items:
        answer = None if item.features is None else next(rows)
        rejected = item.features is not None and bool(next(refusals))
        number = None if arguments.one_digit or item.features is None else _number(model, item)
        if arguments.json:
            entries = {"file": item.file, "drawing": item.place, **_entries(model, answer), "rejected": rejected}
            write_json(entries if number is None else entries | _number_entries(number, item.ink))
        else:
            place = f"{item.file} {item.place}" if item.file in several else item.file
            words = _words(model, answer)
            if number is not None:
                words = _number_words(number)
            elif rejected:
                words = f"{REJECTED_TEXT} (best guess {words})"
            write_line(f"{place}: {words}")
    return 0


def _read(file: str, arguments: argparse.Namespace) -> list[_Item]:
    from engine.data import holds_arrays
    from engine.data.readers.folder import images_in
    from engine.ink import features_from_drawings, features_from_image, open_image
    from engine.ink.drawing import DRAWING_SUFFIXES
    from engine.ink.photos.images import features_and_ink

    if file.lower().endswith(DRAWING_SUFFIXES):
        from engine.ink.drawing_files import read_drawings

        drawings = read_drawings(file)
        every = zip(features_from_drawings(drawings), drawings, strict=True)
        return [_Item(file, place, features, drawing) for place, (features, drawing) in enumerate(every, 1)]
    if holds_arrays(file):
        try:
            reading = read_told(arguments, file, "test", labels_needed=False)
        except DataError:
            # Pictures of which nothing says the digit are what a person has to classify.
            pictures = images_in(Path(file)) if os.path.isdir(file) else []
            if not pictures:
                raise
            return [item for picture in pictures for item in _read(str(picture), arguments)]
        return [_Item(file, place, image if image.any() else None) for place, image in enumerate(reading.images, 1)]
    picture = open_image(file)
    features, ink = features_and_ink(picture) or (features_from_image(picture), None)
    return [_Item(file, 1, features, ink=ink)]


def _number(model: "Model", item: _Item) -> "NumberReading | None":
    """What the drawing or image says where it holds several digits, by the window's rule."""
    if item.drawing is not None and len(item.drawing.strokes) > 1:
        from models.reading.numbers import find_number

        return find_number(model, item.drawing)
    if item.ink is None:
        return None
    from engine.ink.photos.found_ink import ink_pieces
    from models.reading.images import find_number_in_image

    pieces = ink_pieces(item.ink)
    return None if pieces is None else find_number_in_image(model, pieces)


def _number_entries(number: "NumberReading", ink: "FoundInk | None") -> dict[str, Any]:
    """The JSON entries that a number has beside those of the drawing or image as one digit."""

    def in_pixels(box: tuple[float, ...]) -> list[float]:
        if ink is None:
            return list(box)
        # Pieces lie in the unit square that has the picture in its middle.
        longest = max(ink.picture_size)
        return [longest * (edge - 0.5) + ink.picture_size[axis % 2] / 2 for axis, edge in enumerate(box)]

    digits = [
        {
            "label": int(digit.label),
            "probability": digit.probability,
            "probabilities": digit.probabilities.tolist(),
            "box": in_pixels(digit.box),
            "strokes": list(digit.strokes),
            "rejected": digit.rejected,
        }
        for digit in number.digits
    ]
    return {"number": number.text, "confidence": number.confidence, "digits": digits}


def _number_words(number: "NumberReading") -> str:
    """As the window says it: a digit in doubt has a question mark."""
    text = "".join(
        f"{digit.label}?" if place in number.doubtful else digit.label for place, digit in enumerate(number.digits)
    )
    return f"{text} ({percent(number.confidence)})"


def _entries(model: "Model", answer: list[float] | None) -> dict[str, Any]:
    """The JSON entries of one answer.

    - two or more classes: the digit, as a number, and a probability for each of `labels`;
    - multilabel: the list of the labels that hold, and a probability for each of `labels`;
    - regression: null for both, and the value under "value", its unit under "unit".
    """
    if model.task == "regression":
        value = None if answer is None else answer[0]
        return {"label": None, "probabilities": None, "value": value, "unit": model.labels[0]}
    labels = [_number_or_text(label) for label in model.labels]
    if answer is None:
        return {"label": None, "probabilities": None, "labels": labels}
    if model.task == "multilabel":
        holding = [label for label, probability in zip(labels, answer, strict=True) if probability >= 0.5]
        return {"label": holding, "probabilities": answer, "labels": labels}
    return {"label": labels[_best(answer)], "probabilities": answer, "labels": labels}


def _words(model: "Model", answer: list[float] | None) -> str:
    if answer is None:
        return "nothing drawn"
    if model.task == "regression":
        return f"{answer[0]:.1f} {model.labels[0]}"
    if model.task == "multilabel":
        return ", ".join(
            f"{'' if probability >= 0.5 else 'not '}{label} ({percent(max(probability, 1 - probability))})"
            for label, probability in zip(model.labels, answer, strict=True)
        )
    best = _best(answer)
    return f"{model.labels[best]} ({percent(answer[best])})"


def _best(answer: list[float]) -> int:
    return max(range(len(answer)), key=lambda index: answer[index] if not math.isnan(answer[index]) else -1.0)


def _number_or_text(label: str) -> int | str:
    return int(label) if label.isdecimal() else label
