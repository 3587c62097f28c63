"""What each step of the full recipe is worth on writers that were held out: one training for each row.

python tests/bench/recipe_study.py --data pen-strokes.jsonl.gz --images mnist.npz [--fold 0] [--preset cnn] [--epochs 5]
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from held_out import last_images, writers_of_fold

from engine.core.parameters import FloatArray
from engine.data import Dataset
from engine.evaluation.calibration import fit_calibration_of_groups
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.losses import OpenSetCrossentropy
from engine.storage.model import Model
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.full_recipe import Amounts, HeldOut, full_recipe, vary_digit_images
from models.recipes.refusal import with_negatives

TESTS = Path(__file__).parents[1]
SIGNS = ("scribble", "letter", "symbol")
# What is trained on, row by row: with pen strokes or not, the amounts, and whether every batch is bent anew.
STEPS = (
    ("images alone", False, Amounts(0, 0, 0, 0), False),
    ("+ every batch bent and fitted again", False, Amounts(0, 0, 0, 0), True),
    ("+ pen strokes as they are", True, Amounts(0, 0, 0, 0), True),
    ("+ six variants of each", True, Amounts(negatives=0, styles=0), True),
    ("+ the world's habits", True, Amounts(negatives=0), True),
    ("+ what is no digit", True, Amounts(), True),
)


def features_of(drawings: list[Drawing]) -> FloatArray:
    """(count, 20, 20); none of the drawings is blank."""
    return np.stack([tile for tile in features_from_drawings(drawings) if tile is not None])


def right(model: Model, images: FloatArray, labels: np.ndarray) -> float:
    """Percent."""
    return 100 * float(np.mean(model.logits(images).argmax(axis=1) == labels))


def train(options: argparse.Namespace, step: tuple[str, bool, Amounts, bool], held_out: list[Dataset]) -> Model:
    """The model of one row, calibrated on the groups that it has not met."""
    _, strokes, amounts, bent = step
    preset = PRESETS[options.preset]
    config = replace(preset.defaults, epochs=options.epochs, augment=bent)
    paths = [options.images, *([options.data] if strokes else [])]
    held = HeldOut(options.fold if strokes else None, options.hold_out_images)
    data = full_recipe(paths, held, config.seed, amounts)
    network = preset.build(config.seed)
    examples = preset.prepare(data.training, np.random.default_rng(config.seed))
    if amounts.negatives:
        network.loss = OpenSetCrossentropy()
        examples = with_negatives(examples, data.negatives)
    Trainer(network, config, augment=vary_digit_images if bent else None).fit(*examples)
    model = preset.model(network)
    if amounts.negatives:
        groups = [(model.logits(group.images), group.labels) for group in held_out]
        model.calibration = fit_calibration_of_groups(groups, OpenSetCrossentropy())
    return model


def main() -> None:
    """Train and print row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--preset", default="cnn")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--hold-out-images", type=int, default=10_000)
    options = parser.parse_args()
    hands = [drawing for hand in writers_of_fold(options.data, options.fold).values() for drawing in hand]
    writers = Dataset(features_of(hands), np.array([drawing.label for drawing in hands]), "writers")
    images = last_images(options.images, options.hold_out_images)
    drawn = read_drawings(TESTS / "habits" / "drawings.jsonl.gz")
    habits, digits = features_of(drawn), np.array([drawing.label for drawing in drawn])
    others = [d for d in read_drawings(TESTS / "negatives" / "drawings.jsonl.gz") if d.extra["negative"] in SIGNS]
    signs = features_of(others)
    print(f"{'':40} writers  images  habits  signs refused")
    for step in STEPS:
        model = train(options, step, [writers, images])
        refused = f"{100 * model.rejects(signs).mean():9.1f}" if step[2].negatives else "        –"
        print(
            f"{step[0]:40} {right(model, writers.images, writers.labels):7.2f} "
            f"{right(model, images.images, images.labels):7.2f} {right(model, habits, digits):7.2f} {refused}",
            flush=True,
        )


if __name__ == "__main__":
    main()
