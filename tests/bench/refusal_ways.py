"""Ways to refuse what is no digit, by the curve: how many real digits each refuses, and how many that are none.

    python tests/bench/refusal_ways.py german.jsonl.gz scans.npz … [--model FILE] [--second cnn] [--known pens.jsonl.gz]

The files hold digits of sources that the models have not met; the bundled validation digits are one more. A threshold
refuses a share of their digits, in the mean of the sources; what stands in the table is the share of scribbles, letters
and symbols in `tests/negatives` that fall short of it, too. Prototypes are made of the bundled training digits and of
the files of `--known`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from by_source import digits_of
from numpy.typing import NDArray
from recognition import CHUNK, features_of, logits_of

from engine.data import ImageVariation, augment_images, bundled_split
from engine.evaluation.calibration import energy
from engine.ink.drawing_files import read_drawings
from engine.storage.model import Model
from models import load

Scores = dict[str, NDArray[np.float64]]
SHARES = (0.005, 0.01, 0.02, 0.04)
LOOKS, SLIGHTLY = 6, ImageVariation(rotation=8, shear=0.12, scale=(0.92, 1.08), shift=0, unchanged=0, refit=True)
PROTOTYPES, ROUNDS = 5, 10  # of each digit, of k-means


def hidden_of(model: Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the last layer sees, of length 1: (count, units)."""
    found = []
    for start in range(0, len(images), CHUNK):
        values = images[start : start + CHUNK].reshape(-1, *model.network.example_shape)
        for layer in model.network.layers[:-1]:
            values = layer.forward(values)
        found.append(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9))
    return np.concatenate(found)


def prototypes(hidden: NDArray[np.float32], digits: NDArray[np.int64]) -> NDArray[np.float32]:
    """The middles of five groups of each digit, by k-means on the sphere: (50, units)."""
    rng, found = np.random.default_rng(0), []
    for digit in range(10):
        members = hidden[digits == digit]
        middles = members[rng.permutation(len(members))[:PROTOTYPES]]
        for _ in range(ROUNDS):
            nearest = (members @ middles.T).argmax(axis=1)
            means = [members[nearest == place].mean(axis=0) for place in np.unique(nearest)]
            middles = np.stack([mean / np.linalg.norm(mean) for mean in means])
        found.append(middles)
    return np.concatenate(found)


def scores_of(model: Model, second: Model, middles: NDArray[np.float32], images: NDArray[np.float32]) -> Scores:
    """Of each way, how much a digit each of the images is, (count,)."""
    logits, rng = logits_of(model, images), np.random.default_rng(1)
    best, other = np.sort(logits, axis=1)[:, :-3:-1].T
    looks = [energy(logits_of(model, augment_images(images, rng, None, SLIGHTLY))) for _ in range(LOOKS)]
    cosine = (hidden_of(model, images) @ middles.T).max(axis=1)
    return {
        "energy, as it ships": energy(logits),
        "greatest logit": best,
        "lead over the second logit": best - other,
        "mean energy of seven slightly varied looks": np.mean([energy(logits), *looks], axis=0),
        "mean energy of both networks": (energy(logits) + energy(logits_of(second, images))) / 2,
        "cosine to the nearest of 50 prototypes": cosine,
        "energy + 20 × that cosine": energy(logits) + 20 * cosine,
    }


def threshold(sources: Sequence[NDArray[np.float64]], share: float) -> float:
    """Below it lies this share of the digits, every source as important as any other."""
    values = np.concatenate(sources)
    weights = np.concatenate([np.full(len(source), 1 / len(source) / len(sources)) for source in sources])
    order = values.argsort()
    return float(values[order][np.searchsorted(weights[order].cumsum(), share, side="right")])


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--model", default="cnn-large", metavar="NAME|FILE")
    parser.add_argument("--second", default="cnn", metavar="NAME|FILE", help="the other network of the pair")
    parser.add_argument("--known", action="append", default=[], metavar="FILE", help="digits to make prototypes of")
    options = parser.parse_args()
    model, second = load(options.model), load(options.second)
    training, validation = bundled_split()
    known = [(training.images, training.labels), *map(digits_of, options.known)]
    hidden = hidden_of(model, np.concatenate([images for images, _ in known]))
    middles = prototypes(hidden, np.concatenate([labels for _, labels in known]))
    digits = [validation.images, *(digits_of(path)[0] for path in options.files)]
    drawn = read_drawings(Path(__file__).parents[1] / "negatives" / "drawings.jsonl.gz")
    signs = features_of([drawing for drawing in drawn if drawing.extra["negative"] in ("scribble", "letter", "symbol")])
    sources = [scores_of(model, second, middles, images) for images in digits]
    print("| way | " + " | ".join(f"{100 * share:g} % of the digits" for share in SHARES) + " |")
    print("|---" * (1 + len(SHARES)) + "|")
    for way, values in scores_of(model, second, middles, signs).items():
        edges = [threshold([scores[way] for scores in sources], share) for share in SHARES]
        print(f"| {way} | " + " | ".join(f"{100 * (values < edge).mean():.1f} %" for edge in edges) + " |")


if __name__ == "__main__":
    main()
