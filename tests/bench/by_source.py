"""How a model does on data files of many origins, one line each: right, refused, right and answered, calibration.

    python tests/bench/by_source.py pen-strokes.jsonl.gz scans.npz letters.jsonl.gz … [--model NAME|FILE] [--json]

Drawings without a label are taken for no digits: their line says how many are refused.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from recognition import features_of, logits_of

from engine.data import read_dataset
from engine.evaluation.metrics import expected_calibration_error
from engine.ink.drawing_files import read_drawings
from engine.storage.model import Model
from models import load
from models.recipes.sources import holds_drawings, is_no_digit

Figures = dict[str, float]


def digits_of(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Features (count, 20, 20) and labels (count,) of a file, −1 for drawings that are certainly no digit."""
    if not holds_drawings(Path(path)):
        digits = read_dataset(path)
        return digits.images, digits.labels
    drawings = [drawing for drawing in read_drawings(path) if drawing.label is not None or is_no_digit(drawing)]
    labels = [-1 if drawing.label is None else drawing.label for drawing in drawings]
    return features_of(drawings), np.array(labels)


def figures_of(model: Model, images: np.ndarray, digits: np.ndarray) -> Figures:
    """Shares in percent; of no digits only the refused one."""
    logits = logits_of(model, images)
    refused = model.calibration.rejects(logits)
    known = digits >= 0
    figures: Figures = {"count": len(digits)}
    if not known.all():
        figures["no digits refused"] = 100 * float(refused[~known].mean())
    if known.any():
        targets = np.array([int(label) for label in model.labels]).argsort()[digits[known]]
        right = logits[known].argmax(axis=1) == targets
        figures |= {
            "right": 100 * float(right.mean()),
            "refused": 100 * float(refused[known].mean()),
            "right and answered": 100 * float((right & ~refused[known]).mean()),
            "calibration error": 100 * expected_calibration_error(targets, model.probabilities(logits[known])),
        }
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--model", default="cnn-large", metavar="NAME|FILE")
    parser.add_argument("--json", action="store_true", help="one object a file")
    arguments = parser.parse_args()
    model = load(arguments.model)
    for path in arguments.files:
        figures = figures_of(model, *digits_of(path))
        if arguments.json:
            print(json.dumps({"file": Path(path).name, **figures}), flush=True)
        else:
            words = ", ".join(f"{name} {value:.2f} %" for name, value in figures.items() if name != "count")
            print(f"{Path(path).name:36} {figures['count']:6d}  {words}", flush=True)


if __name__ == "__main__":
    main()
