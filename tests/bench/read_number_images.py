"""How many pictures of numbers are read, composed of bundled validation digits, and how many single digits are split.

python tests/bench/read_number_images.py [--count 100] [--model NAME|FILE]
"""

import argparse

import numpy as np
from PIL import Image

from engine.data import bundled_split
from engine.ink.photos.found_ink import ink_pieces
from engine.ink.photos.images import features_and_ink
from models import Model, load
from models.reading.images import find_number_in_image

SEED = 2026
SIDE = 90  # pixels of a digit with its margin
STEP = 72  # pixels from digit to digit: their margins overlap
GRAIN = 3.0


def picture_of(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Digits (count, 20, 20) in a row on grainy paper that is darker at the left, uint8."""
    page = np.zeros((160, 60 + len(digits) * STEP + SIDE), np.float32)
    for place, digit in enumerate(digits):
        padded = np.pad(digit, 4)
        large = Image.fromarray((255 * padded).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        top, left = 35 + int(rng.integers(-4, 5)), 30 + place * STEP
        part = page[top : top + SIDE, left : left + SIDE]
        np.maximum(part, np.asarray(large, np.float32) / 255, out=part)
    paper = 200 + 20 * np.linspace(0, 1, page.shape[1])[None]
    return np.clip(paper * (1 - page) + 40 * page + rng.normal(0, GRAIN, page.shape), 0, 255).astype(np.uint8)


def read(model: Model, picture: np.ndarray) -> str | None:
    """The number on a picture, or None."""
    found = features_and_ink(picture)
    pieces = ink_pieces(found[1]) if found is not None else None
    reading = find_number_in_image(model, pieces) if pieces is not None else None
    return reading.text if reading is not None else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--model", default="cnn-large", metavar="NAME|FILE")
    arguments = parser.parse_args()
    model, rng = load(arguments.model), np.random.default_rng(SEED)
    _, digits = bundled_split()
    right = wrong = split = 0
    for _ in range(arguments.count):
        chosen = rng.integers(0, len(digits), rng.integers(2, 5))
        text = read(model, picture_of(digits.images[chosen], rng))
        right += text == "".join(map(str, digits.labels[chosen]))
        wrong += text is not None and text != "".join(map(str, digits.labels[chosen]))
        one = picture_of(digits.images[rng.integers(0, len(digits), 1)], rng)
        split += read(model, one) is not None
    count = arguments.count
    print(
        f"{count} numbers of 2–4 digits: {right} right, {wrong} wrong, {count - right - wrong} not taken for a number"
    )
    print(f"{count} single digits: {split} taken for a number")


if __name__ == "__main__":
    main()
