"""Does a model learn a newcomer's hand without forgetting the others?

Simulated newcomers are the writers whose digits the model fails most often: a few digits of each are learned from, all
others judge. Beside the newcomer's errors stands what the model forgets: its accuracy on the bundled validation digits,
the share of drawings that are no digit which it still refuses, and how honest its certainty is.

    python tests/bench/newcomers.py FOLDER [--model cnn] [--writers 10] [--samples 5] [--vary FIELD=VALUE …]

FOLDER holds data files whose digits have writers: drawing files with the key `writer`, `.npz` with an array `writers`.
What a model has met teaches nothing about newcomers: give one that was trained without them, as a file if need be.
"""

import argparse
import json
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from engine.core.parameters import FloatArray
from engine.data import Dataset, bundled_split, read_dataset
from engine.errors import DataError
from engine.evaluation.metrics import expected_calibration_error
from engine.ink import features_from_drawings
from engine.ink.drawing_files import read_drawings
from engine.storage.model import Model
from models import load
from models.recipes.fine_tuning import FineTuning, fine_tune
from models.scoring.answers import Answers, answer_dataset

# More digits than this are of several people.
_MOST = 1_500
NEGATIVES = Path(__file__).parents[1] / "negatives" / "drawings.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One newcomer, in percent, before and after."""

    writer: str
    errors: tuple[float, float]
    validation: tuple[float, float]
    calibration_error: tuple[float, float]
    no_digits_refused: tuple[float, float]
    seconds: float


def writers_in(folder: Path, least: int) -> dict[str, Dataset]:
    """The digits of each writer in the folder's files who has so many of every digit."""
    found = {}
    for path in sorted(folder.iterdir()):
        try:
            digits = read_dataset(path)
        except DataError:
            continue
        writers = digits.writers
        if path.suffix == ".npz":
            with np.load(path) as archive:
                writers = archive["writers"] if "writers" in archive.files else np.zeros(len(digits), np.int64)
        if writers is None:
            continue
        for writer in np.unique(writers):
            own = digits.subset(writers == writer, f"{path.name} {writer}")
            if np.bincount(own.labels, minlength=10).min() >= least and len(own) <= _MOST:
                found[own.name] = own
    return found


def split(digits: Dataset, samples: int, seed: int) -> tuple[Dataset, Dataset]:
    """So many of each digit at random, and all others."""
    rng = np.random.default_rng(seed)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(digits.labels == k))[:samples] for k in range(10)])
    return digits.subset(chosen), digits.subset(np.setdiff1d(np.arange(len(digits)), chosen))


def newcomer(model: Model, digits: Dataset, none: FloatArray, samples: int, seed: int, settings: FineTuning) -> Outcome:
    """Let the model learn from a few of somebody's digits, and judge it before and after."""
    few, rest = split(digits, samples, seed)
    began = time.perf_counter()
    learned = fine_tune(model, few, None, settings)
    seconds = time.perf_counter() - began
    validation = bundled_split()[1]
    judged = [
        (answer_dataset(one, rest), answer_dataset(one, validation), one.rejects(none)) for one in (model, learned)
    ]
    (first, known_first, none_first), (second, known_second, none_second) = judged
    return Outcome(
        digits.name,
        (_errors(first), _errors(second)),
        (100 - _errors(known_first), 100 - _errors(known_second)),
        (_off(first), _off(second)),
        (100 * float(none_first.mean()), 100 * float(none_second.mean())),
        seconds,
    )


def no_digits(path: Path) -> FloatArray:
    """Features of the drawings in a file, (n, 20, 20)."""
    drawn = features_from_drawings(read_drawings(path))
    return np.array([features for features in drawn if features is not None], np.float32)


def _errors(answers: Answers) -> float:
    return 100 * float(1 - answers.right.mean())


def _off(answers: Answers) -> float:
    return 100 * float(expected_calibration_error(answers.targets, answers.predictions))


def main() -> None:
    """Print a line a newcomer, and the means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="cnn")
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vary", action="append", default=[], metavar="FIELD=VALUE")
    arguments = parser.parse_args()
    kinds = {field.name for field in fields(FineTuning)}
    given = dict(text.split("=", 1) for text in arguments.vary)
    if not given.keys() <= kinds:
        parser.error(f"there is no setting {', '.join(given.keys() - kinds)}")
    settings = replace(FineTuning(), **{name: json.loads(value) for name, value in given.items()})
    model = load(arguments.model)
    writers = writers_in(arguments.folder, 3 * arguments.samples)
    hardest = sorted(writers.values(), key=lambda digits: -_errors(answer_dataset(model, digits)))[: arguments.writers]
    none, outcomes = no_digits(NEGATIVES), []
    for digits in hardest:
        outcomes.append(newcomer(model, digits, none, arguments.samples, arguments.seed, settings))
        print(_line(outcomes[-1].writer, outcomes[-1:]), flush=True)
    print(_line(f"mean of {len(outcomes)}", outcomes))


def _line(name: str, outcomes: list[Outcome]) -> str:
    def both(what: str) -> str:
        before, after = np.mean([getattr(outcome, what) for outcome in outcomes], axis=0)
        return f"{before:6.2f} → {after:6.2f} %"

    halved = np.mean([outcome.errors[1] for outcome in outcomes]) / np.mean([outcome.errors[0] for outcome in outcomes])
    return (
        f"{name:44} errors {both('errors')} (× {halved:.2f})  validation {both('validation')}  "
        f"calibration {both('calibration_error')}  no digits refused {both('no_digits_refused')}  "
        f"{np.mean([outcome.seconds for outcome in outcomes]):5.1f} s"
    )


if __name__ == "__main__":
    main()
