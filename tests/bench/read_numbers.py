"""How many composed numbers are read wholly right, why the others are not, and how many single digits are cut.

    python tests/bench/read_numbers.py --data pen-strokes.jsonl.gz [--model FILE] [--fold K] [--count 1000]

Each number is by one hand, known by the key `writer`; the model should not have met it.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from compose_numbers import NARROW, NATURAL, SPACINGS, Number, Spacing, compose
from held_out import writers_of_fold

from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.ink.segmentation import candidate_groups
from engine.storage.model import Model
from models import load
from models.reading.numbers import NumberReading, finished, read_groups

HABITS = Path(__file__).parents[1] / "habits" / "drawings.jsonl.gz"


def read_number(model: Model, drawing: Drawing) -> NumberReading:
    """What a drawing says as a number, sure or not."""
    return finished(read_groups(model, drawing, candidate_groups(drawing), {}))


def composed(hands: list[list[Drawing]], count: int, spacing: Spacing, rng: np.random.Generator) -> list[Number]:
    """Numbers of 2 to 6 digits, each by one hand."""
    numbers = []
    for _ in range(count):
        hand = hands[rng.integers(len(hands))]
        digits = [hand[place] for place in rng.integers(len(hand), size=rng.integers(2, 7))]
        numbers.append(compose(digits, rng, spacing))
    return numbers


def tens(hands: list[list[Drawing]], count: int, rng: np.random.Generator) -> list[Number]:
    """Numbers from 10 to 19 with narrow gaps, each by one hand."""
    numbers = []
    while len(numbers) < count:
        hand = hands[rng.integers(len(hands))]
        ones = [drawing for drawing in hand if drawing.label == 1]
        numbers.append(compose([ones[rng.integers(len(ones))], hand[rng.integers(len(hand))]], rng, NARROW))
    return numbers


def rightly_cut(number: Number, reading: NumberReading) -> bool:
    """Whether every digit got all of its strokes and no other; a stray dot may be missing."""
    if len(reading.digits) != len(number.text):
        return False
    owners = [{number.owners[stroke] for stroke in digit.strokes} for digit in reading.digits]
    return owners == [{place} for place in range(len(number.text))]


def measure(title: str, model: Model, numbers: Iterable[Number], show: int) -> None:
    """Print how one kind of numbers is read."""
    right = miscut = misread = refused = digits = 0
    confident_wrong = 0
    milliseconds: dict[int, list[float]] = {}
    shown = []
    for number in numbers:
        start = time.perf_counter()
        reading = read_number(model, number.drawing)
        milliseconds.setdefault(len(number.text), []).append((time.perf_counter() - start) * 1000)
        cut = rightly_cut(number, reading)
        miscut += not cut
        if cut:
            digits += len(number.text)
            misread += sum(a != b for a, b in zip(reading.text, number.text, strict=True))
        right += reading.text == number.text
        refused += not reading.is_number
        confident_wrong += reading.is_number and reading.text != number.text
        if not cut:
            shown.append(f"{number.text} → {reading.text} ({reading.cut_confidence:.2f})")
    count = sum(len(times) for times in milliseconds.values())
    longest = max(milliseconds)
    print(
        f"{title:28} {count:5} numbers: {right / count:7.2%} right, {miscut / count:6.2%} cut wrongly, "
        f"{misread / max(digits, 1):6.2%} of rightly cut digits misread; {refused / count:.2%} not shown as numbers, "
        f"{confident_wrong / count:.2%} wrong yet shown; {longest} digits in "
        f"{statistics.median(milliseconds[longest]):.1f} ms"
    )
    if show:
        print("   ", "; ".join(shown[:show]))


def measure_single(title: str, model: Model, drawings: list[Drawing], show: int) -> None:
    """Print how many single digits are cut into several, and what reading costs more than answering."""
    cut: Counter[str] = Counter()
    confident = 0
    extra = []
    for drawing in drawings:
        start = time.perf_counter()
        reading = read_number(model, drawing)
        middle = time.perf_counter()
        features = features_from_drawing(drawing)
        if features is not None:
            model.answer(features)
        extra.append((2 * middle - start - time.perf_counter()) * 1000)
        if len(reading.digits) != 1:
            cut[f"{drawing.extra.get('habit', drawing.label)} → {reading.text}"] += 1
            confident += reading.is_number
    print(
        f"{title:28} {len(drawings):5} digits: {cut.total() / len(drawings):6.2%} cut, "
        f"{confident / len(drawings):.2%} shown as numbers; costs {statistics.median(extra):.2f} ms more, "
        f"{np.percentile(extra, 99):.2f} ms for the slowest of a hundred"
    )
    if show and cut:
        print("   ", dict(cut.most_common(show)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="labelled drawings")
    parser.add_argument("--model", default=None, help="a model file or a shipped model's name")
    parser.add_argument("--count", type=int, default=1000, help="numbers of each kind")
    parser.add_argument(
        "--fold", type=int, help="as in `train --recipe full --fold`: whose drawings are read (default: everybody's)"
    )
    parser.add_argument("--show", type=int, default=0, help="print that many wrong cuts of each kind")
    arguments = parser.parse_args()
    model = load(arguments.model) if arguments.model else load()
    writers = writers_of_fold(arguments.data, arguments.fold)
    drawings = [drawing for hand in writers.values() for drawing in hand]
    habits = read_drawings(HABITS)
    several = [drawing for drawing in drawings if len(drawing.strokes) > 1]
    rng = np.random.default_rng(2026)
    print(f"Writers {', '.join(writers)}; model {arguments.model or 'default'}")
    hands = list(writers.values())
    for title, spacing in SPACINGS.items():
        measure(title, model, composed(hands, arguments.count, spacing, rng), arguments.show)
    measure("10 to 19, narrow", model, tens(hands, arguments.count, rng), arguments.show)
    measure("habits, natural", model, composed([habits], arguments.count, NATURAL, rng), arguments.show)
    measure_single("single digits", model, drawings, arguments.show)
    measure_single("single, several strokes", model, several, arguments.show)
    measure_single("habits", model, habits, arguments.show)


if __name__ == "__main__":
    main()
