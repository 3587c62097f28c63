"""Leaves out one source after the other: what a small network says about hands and devices that it never met.

    python tests/bench/leave_one_source_out.py mnist.npz pen-strokes.jsonl.gz … --calibrate german.jsonl.gz …

Each file is left out in turn, the files of `--calibrate` always: temperature and threshold come from these and from the
bundled validation digits, so neither weights nor calibration have met what is judged. A file to calibrate with is
judged by the first network, calibrated on the others. `--with FILE=FILE` leaves out a second file with the first: the
signs of the same hand, say.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from by_source import Figures, digits_of, figures_of
from recognition import features_of

from engine.data import Dataset, ReadOptions, bundled_split
from engine.evaluation.calibration import fit_calibration_of_groups
from engine.ink.drawing_files import read_drawings
from engine.losses import OpenSetCrossentropy
from engine.storage.model import Model
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.full_recipe import Amounts, HeldOut, RecipeData, put_together, vary_digit_images
from models.recipes.refusal import with_negatives
from models.recipes.sources import Source, source_of

# Far less than the full recipe generates: there is one training for each source.
AMOUNTS = Amounts(variants=3, small_source_variants=7, styles=300, negatives=20_000)
NOTHING = Amounts(0, 0, 0, 0)


def train(options: argparse.Namespace, sources: list[Source], generated: RecipeData) -> Model:
    """A network that has met these sources and what is generated."""
    preset = PRESETS[options.preset]
    config = replace(preset.defaults, epochs=options.epochs, schedule="one_cycle", threads=1, seed=options.seed)
    data = put_together(sources, HeldOut(), options.seed, NOTHING)
    images = np.concatenate([data.training.images, generated.training.images])
    labels = np.concatenate([data.training.labels, generated.training.labels])
    network = preset.build(options.seed)
    network.loss = OpenSetCrossentropy()
    examples = preset.prepare(Dataset(images, labels, "all but one"), np.random.default_rng(options.seed))
    no_digits = np.concatenate([data.negatives, generated.negatives])
    Trainer(network, config, augment=vary_digit_images).fit(*with_negatives(examples, no_digits))
    return preset.model(network)


def calibrate(model: Model, groups: list[Dataset]) -> None:
    """Temperature and threshold from groups that it has not met."""
    model.calibration = fit_calibration_of_groups(
        [(model.logits(group.images), group.labels) for group in groups], OpenSetCrossentropy()
    )


def tell(name: str, figures: Figures) -> None:
    """One object a line."""
    print(json.dumps({"left out": name, **{key: round(value, 2) for key, value in figures.items()}}), flush=True)


def main() -> None:
    """Train and print source by source."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--calibrate", action="append", default=[], metavar="FILE")
    parser.add_argument("--with", dest="pairs", action="append", default=[], metavar="FILE=FILE")
    parser.add_argument("--preset", default="cnn")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    pairs = dict(pair.split("=", 1) for pair in options.pairs)
    variants = (AMOUNTS.variants, AMOUNTS.small_source_variants)
    sources = {
        path: source_of(path, np.random.default_rng([options.seed, number]), variants, ReadOptions())
        for number, path in enumerate(options.files)
    }
    generated = put_together([], HeldOut(), options.seed, AMOUNTS)
    groups = {path: Dataset(*digits_of(path), Path(path).name) for path in options.calibrate}
    bundled = bundled_split()[1]
    drawn = read_drawings(Path(__file__).parents[1] / "negatives" / "drawings.jsonl.gz")
    signs = features_of([drawing for drawing in drawn if drawing.extra["negative"] in ("scribble", "letter", "symbol")])
    for turn, path in enumerate(path for path in options.files if path not in pairs.values()):
        left_out = {path, pairs.get(path, path)}
        model = train(options, [source for name, source in sources.items() if name not in left_out], generated)
        if not turn:
            for group in groups.values():
                calibrate(model, [bundled, *(other for other in groups.values() if other is not group)])
                tell(group.name, figures_of(model, group.images, group.labels))
        # The bundled digits are MNIST's hands: they calibrate no network that is judged on these.
        calibrate(model, [*groups.values(), *([] if len(sources[path].digits) > 20_000 else [bundled])])
        for name in sorted(left_out, key=lambda name: name != path):
            tell(Path(name).name, figures_of(model, *digits_of(name)))
        tell("scribbles, letters, symbols", figures_of(model, signs, np.full(len(signs), -1)))


if __name__ == "__main__":
    main()
