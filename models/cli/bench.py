"""`bench`: how fast every preset trains and answers on this machine."""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.cli.output import write_json, write_line, write_note
from models.cli.parsing import Parser, Subparsers, add_json, whole_number

if TYPE_CHECKING:
    from engine.ink.drawing import Drawing
    from models.presets.preset import ModelPreset

ROUNDS = 5
# Long enough to be measured, short enough to be repeated.
ROUND_SECONDS = 0.4
SINGLE_CALLS = 200
IMAGES = 10_000


def add_parser(subparsers: Subparsers) -> None:
    """Add `bench` with its options."""
    parser: Parser = subparsers.add_parser(
        "bench",
        help="measure the speed of every preset on this machine",
        description="Measure how fast every preset trains and answers on this machine: medians of several rounds.",
    )
    parser.add_argument(
        "--threads", type=whole_number, default=0, metavar="N", help="worker threads, 0 for a good default"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the measures; 0."""
    from engine.training.config import TrainingConfig
    from models.presets import PRESETS

    threads = TrainingConfig(threads=arguments.threads).threads
    measures: dict[str, dict[str, float]] = {}
    for name, preset in PRESETS.items():
        if not arguments.json:
            write_note(f"Measuring {name} …")
        measures[name] = _measure(preset, threads)
    preprocess_ms = _preprocess_ms()
    if arguments.json:
        write_json({"presets": measures, "preprocess_ms": preprocess_ms})
        return 0
    write_line(f"{'preset':<12}{'training':>18}{'one answer':>14}{'many answers':>20}")
    for name, row in measures.items():
        write_line(
            f"{name:<12}{row['train_images_per_second']:>11,.0f} img/s{row['predict_one_ms']:>11.3f} ms"
            f"{row['predict_images_per_second']:>14,.0f} img/s"
        )
    write_line(f"A drawing is brought to 20×20 pixels in {preprocess_ms:.3f} ms.")
    return 0


def _measure(preset: "ModelPreset", threads: int) -> dict[str, float]:
    """Speed of one preset on the bundled digits, with its own batch size and optimizer."""
    import numpy as np

    from engine.data import load_bundled
    from engine.parallel.batch_evaluator import BatchEvaluator
    from engine.threads.blas_threads import BlasLimit
    from engine.training.trainer import Trainer

    digits = preset.select(load_bundled())
    inputs, targets = preset.prepare(digits.subset(np.arange(min(len(digits), IMAGES))), np.random.default_rng(0))
    inputs, targets = inputs[:IMAGES], targets[:IMAGES]
    network = preset.build(0)
    # Varying the images is not part of the network's speed.
    config = replace(preset.defaults, epochs=1, augment=False, threads=threads)

    def train(epochs: int) -> float:
        return Trainer(network, replace(config, epochs=epochs)).fit(inputs, targets).images_per_second

    # The first round warms the caches up and says how many epochs fill one of the others.
    epochs = min(1000, max(1, round(ROUND_SECONDS * train(1) / len(inputs))))
    training = statistics.median(train(epochs) for _ in range(ROUNDS))

    many = np.resize(inputs, (IMAGES, *preset.input_shape))
    with BatchEvaluator(network, threads) as evaluator:
        evaluator.predict(many)
        answering = statistics.median(_seconds(lambda: evaluator.predict(many)) for _ in range(ROUNDS))
    # One small product is done sooner than BLAS could wake its threads.
    with BlasLimit(1):
        network.predict(many[:1])
        one = statistics.median(_seconds(lambda: network.predict(many[:1])) for _ in range(SINGLE_CALLS))
    return {
        "train_images_per_second": training,
        "predict_one_ms": 1000 * one,
        "predict_images_per_second": IMAGES / answering,
    }


def _preprocess_ms() -> float:
    """Median time from strokes to features, for a drawing of usual length."""
    from engine.ink import features_from_drawing

    drawing = _drawing()
    features_from_drawing(drawing)
    return 1000 * statistics.median(_seconds(lambda: features_from_drawing(drawing)) for _ in range(SINGLE_CALLS))


def _drawing() -> "Drawing":
    """An 8 of 120 points on a canvas of 280 pixels, as a mouse would give it in one second."""
    import numpy as np

    from engine.ink.drawing import Drawing

    turn = np.linspace(0, 2 * np.pi, 120)
    x, y = 140 + 50 * np.sin(2 * turn), 140 - 95 * np.cos(turn)
    return Drawing.from_points([list(zip(x.tolist(), y.tolist(), strict=True))])


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
