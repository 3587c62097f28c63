"""Where the time of a training step of the preset `cnn` goes, operation by operation, beside its matrix products.

    python tests/bench/profile_step.py [--batch 128] [--threads 1] [--steps 60]

The *floor* is the time of the bare matrix products of a step as the layers define it, each in the fastest of two forms
(one large product, or many small ones in one call) on arrays that lie ready: no program that computes the convolutions
as plain products with the same BLAS can be faster. Winograd's way (`engine/fused/winograd_transform.py`) needs a
third fewer multiplications in the second convolution's three products, so a step may take less than the floor.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

import engine.fused.base
import engine.fused.block_pooling
import engine.fused.dense_relu
import engine.fused.grouped_matmul
import engine.fused.im2col_convolution
import engine.fused.paired_pooling
import engine.fused.patch_convolution_images_last
import engine.fused.winograd_convolution
import engine.fused.winograd_transform
import engine.losses.crossentropy
from engine.batches.batch import Batch
from engine.fused.grouped_matmul import rows_in_group
from engine.optimizers import Adam
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.threads.blas_threads import BlasLimit
from engine.threads.thread_pool import WorkerPool
from models import PRESETS

# The matrix products of a step: name, rows for each image, inner, columns, and whether the rows are summed over.
PRODUCTS = (
    ("conv 1 forward", 400, 9, 16, False),
    ("conv 1 kernel gradient", 400, 9, 16, True),
    ("conv 2 forward", 100, 144, 32, False),
    ("conv 2 kernel gradient", 100, 144, 32, True),
    ("conv 2 input gradient", 100, 288, 16, False),
    ("dense 1 forward", 1, 800, 128, False),
    ("dense 1 kernel gradient", 1, 800, 128, True),
    ("dense 1 input gradient", 1, 128, 800, False),
    ("dense 2 forward", 1, 128, 10, False),
    ("dense 2 kernel gradient", 1, 128, 10, True),
    ("dense 2 input gradient", 1, 10, 128, False),
)
_MODULES = (
    engine.fused.im2col_convolution,
    engine.fused.dense_relu,
    engine.fused.base,
    engine.fused.block_pooling,
    engine.fused.paired_pooling,
    engine.fused.patch_convolution_images_last,
    engine.fused.grouped_matmul,
    engine.fused.winograd_transform,
    engine.fused.winograd_convolution,
    engine.losses.crossentropy,
)


def median_seconds(work, count=40):
    """Median wall time of a call, after two that warm up."""
    work(), work()
    times = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _forms(rows, inner, columns, summed):
    """The product in its forms, as functions on arrays of their own."""
    rng = np.random.default_rng(0)
    tall, wide = rng.random((rows, inner), np.float32), rng.random((rows, columns), np.float32)
    small = rng.random((inner, columns), np.float32)
    size = rows_in_group(rows, inner, columns)
    tall_groups, wide_groups = tall.reshape(-1, size, inner), wide.reshape(-1, size, columns)
    partial = np.empty((rows // size, inner, columns), np.float32)
    if summed:
        return [
            lambda: np.dot(tall.T, wide, out=small),
            lambda: np.matmul(tall_groups.transpose(0, 2, 1), wide_groups, out=partial),
        ]
    return [lambda: np.dot(tall, small, out=wide), lambda: np.matmul(tall_groups, small, out=wide_groups)]


def product_seconds(batch, threads):
    """Seconds of each product of a step, its rows dealt out to the threads."""
    result = {}
    with BlasLimit(1), WorkerPool(threads) as pool:
        for name, rows, inner, columns, summed in PRODUCTS:
            forms = [_forms(rows * batch // threads, inner, columns, summed) for _ in range(threads)]
            result[name] = min(
                median_seconds(lambda form=form, forms=forms: pool.run(lambda number: forms[number][form]()))
                for form in range(2)
            )
    return result


class _Step:
    """A training step of the preset on images of noise."""

    def __init__(self, batch, threads):
        rng = np.random.default_rng(0)
        self.network = PRESETS["cnn"].build(0)
        self.inputs = rng.random((16 * batch, 20, 20, 1), np.float32)
        self.targets = rng.integers(0, 10, 16 * batch)
        self.orders = [rng.permutation(16 * batch)[:batch] for _ in range(16)]
        self.optimizer, self.number = Adam(), 0
        self.evaluator = BatchEvaluator(self.network, threads)

    def __call__(self):
        self.number += 1
        order = self.orders[self.number % 16]
        self.optimizer.step(
            self.network.store,
            lambda: self.evaluator.evaluate(Batch(order, self.inputs, self.targets, None, order))[0],
        )


def floor_and_step(batch, threads):
    """Seconds of the bare products of a step, and of the step."""
    step = _Step(batch, threads)
    with step.evaluator:
        return sum(product_seconds(batch, threads).values()), median_seconds(step)


class _TimedNumpy:
    """Stands in for the name `np` in a module and takes the time of every function that is called through it."""

    def __init__(self, times, place):
        self._times, self._place = times, place

    def __getattr__(self, name):
        value = getattr(np, name)
        if name in ("add", "maximum"):
            return _TimedUfunc(self, value)
        return self.timed(name, value) if callable(value) and not isinstance(value, type) else value

    def timed(self, name, function):
        def call(*arguments, **settings):
            started = time.perf_counter()
            result = function(*arguments, **settings)
            elapsed = time.perf_counter() - started
            shape = np.shape(settings.get("out", arguments[0] if arguments else result))
            self._times[self._place[0], name, shape] += elapsed
            return result

        return call


class _TimedUfunc:
    """A ufunc whose `reduce` is timed too."""

    def __init__(self, timed, ufunc):
        self._call = timed.timed(ufunc.__name__, ufunc)
        self.reduce = timed.timed(f"{ufunc.__name__}.reduce", ufunc.reduce)

    def __call__(self, *arguments, **settings):
        return self._call(*arguments, **settings)


def profile(batch, steps):
    """Seconds of each operation of a step on one thread, by (stage and direction, operation, shape of the result)."""
    times, place, whole = defaultdict(float), [""], defaultdict(float)
    step = _Step(batch, 1)
    with step.evaluator:
        step(), step()
        for stage in step.network.stages:
            for direction in ("forward", "backward"):
                setattr(stage, direction, _placed(getattr(stage, direction), f"{stage.name} {direction}", place, whole))
        for module in _MODULES:
            module.np = _TimedNumpy(times, place)
        try:
            started = time.perf_counter()
            for _ in range(steps):
                step()
            total = (time.perf_counter() - started) / steps
        finally:
            for module in _MODULES:
                module.np = np
    return total, {k: v / steps for k, v in whole.items()}, {k: v / steps for k, v in times.items()}


def _placed(method, name, place, whole):
    def call(*arguments, **settings):
        before, place[0] = place[0], name
        started = time.perf_counter()
        result = method(*arguments, **settings)
        whole[name] += time.perf_counter() - started
        place[0] = before
        return result

    return call


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1, help="for floor and step; the profile runs on one")
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    products = product_seconds(arguments.batch, arguments.threads)
    print(f"Matrix products of a step of {arguments.batch} images, {arguments.threads} thread(s):")
    for name, value in products.items():
        print(f"  {name:<28}{1e6 * value:>10.0f} µs")
    floor, step = floor_and_step(arguments.batch, arguments.threads)
    print(f"  floor {1e6 * floor:.0f} µs, step {1e6 * step:.0f} µs: the products are {floor / step:.0%} of the step.\n")
    total, whole, times = profile(arguments.batch, arguments.steps)
    print(f"A step on one thread, {1e6 * total:.0f} µs with the clock running:")
    for name, value in sorted(whole.items(), key=lambda item: -item[1]):
        print(f"  {name:<40}{1e6 * value:>8.0f} µs")
        for (place, operation, shape), part in sorted(times.items(), key=lambda item: -item[1]):
            if place == name and part > 2e-6:
                print(f"      {operation:<16}{'×'.join(map(str, shape)):<28}{1e6 * part:>8.1f} µs")
    rest = total - sum(whole.values())
    print(f"  {'gathering, loss, optimizer, the loop':<40}{1e6 * rest:>8.0f} µs")


if __name__ == "__main__":
    main()
