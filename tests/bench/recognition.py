"""All that a calibration fold of the full recipe is judged by, for one or several of them, and the mean of them.

    python tests/bench/recognition.py --data pen-strokes.jsonl.gz --images mnist.npz \\
        --model fold0.safetensors --fold 0 --model fold1.safetensors --fold 1 … [--hold-out-images 10000] [--json]

Each model has to come from `train --recipe full --fold K --hold-out-images N` with the same K and N: only then has it
met neither the writers nor the images. The drawings need the key `writer`.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from compose_numbers import NATURAL
from held_out import last_images, writers_of_fold
from numpy.typing import NDArray
from read_numbers import composed, read_number, rightly_cut
from threadpoolctl import threadpool_limits

from engine.data import Dataset
from engine.evaluation.metrics import accuracy, expected_calibration_error
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.storage.model import Model
from models import load

TESTS = Path(__file__).parents[1]
SEED = 2026
CHUNK = 500
TIMED_ANSWERS = 300

# What is asked of a figure: above 0 the least, below 0 the most.
Figures = dict[str, float]
DEMANDS: dict[str, float] = {
    "writers: right %": 99.0,
    "images: right %": 99.4,
    "writers: calibration error %": -1.0,
    "writers: refused %": -1.0,
    "images: refused %": -1.0,
    "scribble, letter, symbol: refused %": 90.0,
    "scribble: refused %": 90.0,
    "letter: refused %": 90.0,
    "symbol: refused %": 90.0,
    "numbers: right %": 97.0,
    "file MB": -2.0,
    "one prediction ms": -3.0,
}
HABIT_DEMAND = 95.0


def figures_of(model: Model, fold: int, arguments: argparse.Namespace, images: Dataset) -> Figures:
    """All figures of one model; shares in percent."""
    hands = writers_of_fold(arguments.data, fold)
    drawings = [drawing for hand in hands.values() for drawing in hand]
    figures = _digit_figures("writers", model, features_of(drawings), np.array([item.label for item in drawings]))
    figures |= {
        f"writer {writer}: right %": _digit_figures("", model, features_of(hand), np.array([d.label for d in hand]))[
            ": right %"
        ]
        for writer, hand in hands.items()
    }
    figures |= _digit_figures("images", model, images.images, images.labels)
    figures |= _negative_figures(model)
    figures |= _habit_figures(model)
    figures |= _number_figures(model, list(hands.values()), arguments.numbers)
    return figures


def features_of(drawings: Sequence[Drawing]) -> NDArray[np.float32]:
    """(n, 20, 20); a drawing that is blank to the path is all background."""
    blank = np.zeros((20, 20), np.float32)
    found = features_from_drawings(drawings)
    return np.stack([blank if features is None else features for features in found])


def logits_of(model: Model, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """In pieces, so that memory stays small."""
    return np.concatenate([model.logits(features[start : start + CHUNK]) for start in range(0, len(features), CHUNK)])


def _digit_figures(group: str, model: Model, features: NDArray[np.float32], digits: NDArray[np.int64]) -> Figures:
    logits = logits_of(model, features)
    probabilities = model.probabilities(logits)
    labels = np.array([int(label) for label in model.labels])
    targets = labels.argsort()[digits]
    rejected = model.calibration.rejects(logits)
    right = probabilities.argmax(axis=1) == targets
    return {
        f"{group}: right %": 100 * accuracy(targets, probabilities),
        f"{group}: right and answered %": 100 * float((right & ~rejected).mean()),
        f"{group}: right of the answered %": 100 * float(right[~rejected].mean()) if not rejected.all() else math.nan,
        f"{group}: refused %": 100 * float(rejected.mean()),
        f"{group}: calibration error %": 100 * expected_calibration_error(targets, probabilities),
    }


def _negative_figures(model: Model) -> Figures:
    drawings = read_drawings(TESTS / "negatives" / "drawings.jsonl.gz")
    kinds = np.array([drawing.extra["negative"] for drawing in drawings])
    logits = logits_of(model, features_of(drawings))
    refused = model.calibration.rejects(logits)
    sure = model.probabilities(logits).max(axis=1) >= 0.99
    figures = {f"{kind}: refused %": 100 * float(refused[kinds == kind].mean()) for kind in dict.fromkeys(kinds)}
    asked = np.isin(kinds, ["scribble", "letter", "symbol"])
    figures["scribble, letter, symbol: refused %"] = 100 * float(refused[asked].mean())
    figures["no digits answered with 99 % %"] = 100 * float((sure & ~refused).mean())
    return figures


def _habit_figures(model: Model) -> Figures:
    drawings = [
        drawing
        for name in ("drawings.jsonl.gz", "loose.jsonl.gz")
        for drawing in read_drawings(TESTS / "habits" / name)
    ]
    habits = np.array([drawing.extra["habit"] for drawing in drawings])
    logits = logits_of(model, features_of(drawings))
    labels = np.array([int(label) for label in model.labels])
    right = labels[logits.argmax(axis=1)] == [drawing.label for drawing in drawings]
    figures = {f"habit {habit}: right %": 100 * float(right[habits == habit].mean()) for habit in dict.fromkeys(habits)}
    refused = model.calibration.rejects(logits)
    figures["habits: refused %"] = 100 * float(refused.mean())
    figures["habits: right and answered %"] = 100 * float((right & ~refused).mean())
    return figures


def _number_figures(model: Model, hands: list[list[Drawing]], count: int) -> Figures:
    numbers = composed(hands, count, NATURAL, np.random.default_rng(SEED))
    readings = [read_number(model, number.drawing) for number in numbers]
    pairs = list(zip(numbers, readings, strict=True))
    singles = [drawing for hand in hands for drawing in hand if len(drawing.strokes) > 1]
    split = sum(read_number(model, drawing).is_number for drawing in singles)
    return {
        "numbers: right %": 100 * float(np.mean([reading.text == number.text for number, reading in pairs])),
        "numbers: cut wrongly %": 100 * float(np.mean([not rightly_cut(*pair) for pair in pairs])),
        "numbers: not shown as one %": 100 * float(np.mean([not reading.is_number for _, reading in pairs])),
        "single digits read as a number %": 100 * split / sum(map(len, hands)),
    }


def milliseconds_of_one(model: Model) -> float:
    """The median time of the answer to one image, on one core, without preprocessing."""
    image = features_of(read_drawings(TESTS / "habits" / "drawings.jsonl.gz")[:1])[0]
    times = []
    with threadpool_limits(1):
        for _ in range(TIMED_ANSWERS):
            start = time.perf_counter()
            model.answer(image)
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def demand_of(name: str) -> float:
    """What the figure has to reach: the least above 0, the most below 0, NaN where nothing is asked."""
    if name.startswith("habit "):
        return HABIT_DEMAND
    return DEMANDS.get(name, math.nan)


def reaches(name: str, value: float) -> bool:
    """Whether a figure is as asked; also where nothing is."""
    demand = demand_of(name)
    return math.isnan(demand) or (value >= demand if demand > 0 else value <= -demand)


def table(folds: Sequence[int], runs: Sequence[Figures]) -> list[str]:
    """Lines: one a figure, a column a fold, the mean, what is asked; failures are marked."""
    lines = [f"{'':38}" + "".join(f"fold {fold}".rjust(9) for fold in folds) + f"{'mean':>9}  asked"]
    # A writer is in one fold only; those lines stand at the end.
    names = dict.fromkeys(name for run in runs for name in run)
    for name in sorted(names, key=lambda name: name.startswith("writer ")):
        values = [run[name] for run in runs if name in run]
        cells = "".join(f"{run[name]:9.2f}" if name in run else " " * 9 for run in runs)
        mean = statistics.fmean(values)
        demand = demand_of(name)
        asked = "" if math.isnan(demand) else f"{'≥' if demand > 0 else '≤'} {abs(demand):g}"
        lines.append(f"{name:38}{cells}{mean:9.2f}  {asked}{'' if reaches(name, mean) else '  MISSED'}")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", required=True, metavar="FILE", help="of the fold; repeatable")
    parser.add_argument("--fold", action="append", type=int, metavar="K", help="of each model, in the same order")
    parser.add_argument("--data", required=True, help="drawings with the key 'writer'")
    parser.add_argument("--images", required=True, help="the images of which the last were held out")
    parser.add_argument("--hold-out-images", type=int, default=10_000, metavar="N")
    parser.add_argument("--numbers", type=int, default=1_000, metavar="N", help="numbers of 2 to 6 digits to read")
    parser.add_argument("--json", action="store_true", help="one object a model and one of the means")
    arguments = parser.parse_args()
    folds = arguments.fold or list(range(len(arguments.model)))
    if len(folds) != len(arguments.model):
        parser.error("give one --fold for each --model, or none for folds 0, 1, …")
    images = last_images(arguments.images, arguments.hold_out_images)
    runs = []
    for path, fold in zip(arguments.model, folds, strict=True):
        model = load(path)
        figures = figures_of(model, fold, arguments, images)
        if Path(path).is_file():
            figures["file MB"] = Path(path).stat().st_size / 1e6
        figures["one prediction ms"] = milliseconds_of_one(model)
        runs.append(figures)
        if arguments.json:
            print(json.dumps({"model": path, "fold": fold, **figures}))
    if arguments.json:
        names = dict.fromkeys(name for run in runs for name in run)
        means = {name: statistics.fmean(run[name] for run in runs if name in run) for name in names}
        missed = [name for name, value in means.items() if not reaches(name, value)]
        print(json.dumps({"mean of": len(runs), **means, "missed": missed}))
    else:
        print("\n".join(table(folds, runs)))


if __name__ == "__main__":
    main()
