"""How fast the engine is beside PyTorch, JAX, ONNX Runtime and scikit-learn, on this machine: one table of ratios.

    python tests/bench/against_peers.py [--data FILE.npz] [--images N] [--rounds N] [--threads N] [--only WORD …]
        [--as-set] [--json]

Needs the extra `oracle`. Without `--data` (`images` (n, 28, 28) or (n, 20, 20), `labels`) the bundled
digits are repeated to the asked number. Every line is one run in which both sides alternate; figures are medians. Both
sides train on the same images with the same network, batch size 128, optimizer and number of threads, in float32.
PyTorch runs in eager mode, in the better of its two memory layouts; JAX with a compiled epoch or a compiled step,
whichever is better, without the first one. In the rows "a core busy" another process waits in a loop beside both.
All may use all instructions of the processor: variables that limit one library are left out, unless `--as-set` is
given. Run it on a quiet machine.
"""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from peak_memory import megabytes, own_peak_megabytes
from rows import Row, alternate, median_seconds, seconds
from same_instructions import run_without_limits

from engine.data import load_bundled, read_dataset
from engine.parallel.processes import process_pool as team
from engine.threads.thread_pool import available_cores
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from models import PRESETS

_BATCH = 128
_SINGLE_CALLS = 500


def config(name, threads, **settings):
    """Settings that both sides train with."""
    optimizer = {"softmax": "gradient_descent"}.get(name, "adam")
    rate = 0.01 if name == "softmax" else 0.001
    return TrainingConfig(
        optimizer=optimizer, learning_rate=rate, batch_size=_BATCH, threads=threads, **({"epochs": 1} | settings)
    )


class Bench:
    """The data, the settings and one method a line (or a few) of the table."""

    def __init__(self, arguments):
        dataset = read_dataset(arguments.data) if arguments.data else load_bundled()
        self.images = np.resize(dataset.images, (arguments.images, 20, 20))
        self.labels = np.resize(dataset.labels, arguments.images)
        self.original = dataset
        self.rounds, self.threads = arguments.rounds, arguments.threads or available_cores()

    def _ours(self, name, threads=None):
        """A function that trains our preset and gives images a second.

        The time starts where PyTorch's does, with checked data in the right form; metrics of the epochs are in it.
        """
        network = PRESETS[name].build(0)
        inputs = self.images.reshape(-1, *network.example_shape)
        # A small network's epoch is over in 30 ms.
        epochs = 1 if name == "cnn" else 4
        settings = config(name, self.threads if threads is None else threads, epochs=epochs)

        def epoch():
            return Trainer(network, settings).fit(inputs, self.labels).images_per_second

        return epoch

    def training(self, name, least, aim):
        import torch
        from peers import TorchPeer

        torch.set_num_threads(self.threads)
        peers = [TorchPeer(name, self.images, self.labels)]
        if name == "cnn":
            peers.append(TorchPeer(name, self.images, self.labels, channels_last=True))
        ours, *theirs = alternate(self.rounds, self._ours(name), *(peer.epoch for peer in peers))
        yield Row(f"{name} training, PyTorch", ours, max(theirs), "images/s", ours / max(theirs), least, aim)

    def prediction(self):
        import torch
        from peers import TorchPeer

        torch.set_num_threads(self.threads)
        network, count = PRESETS["cnn"].build(0), min(10_000, len(self.images))
        inputs = self.images[:count].reshape(-1, 20, 20, 1)
        peers = [TorchPeer("cnn", self.images[:count], self.labels, channels_last=last) for last in (False, True)]
        works = [lambda p=p, c=c: seconds(lambda: p.predict(count, c)) for p in peers for c in (count, 1000, 128)]
        ours, *theirs = alternate(self.rounds, lambda: seconds(lambda: network.predict(inputs)), *works)
        best = min(theirs)
        yield Row(f"cnn prediction of {count:,}, PyTorch", count / ours, count / best, "images/s", best / ours, 1, 1.5)
        one = inputs[:1]
        works = [lambda p=p: median_seconds(lambda: p.predict(1, 1), _SINGLE_CALLS) for p in peers]
        ours, *theirs = alternate(
            self.rounds, lambda: median_seconds(lambda: network.predict(one), _SINGLE_CALLS), *works
        )
        best = min(theirs)
        yield Row("cnn prediction of one image, PyTorch", 1e6 * ours, 1e6 * best, "µs", best / ours, 2, 4)

    def compiled_training(self, name, least, aim):
        from compiled_peers import JaxPeer

        peer = JaxPeer(name, self.images, self.labels)
        ours, *theirs = alternate(self.rounds, self._ours(name), peer.epoch_in_one, peer.epoch_by_steps)
        yield Row(f"{name} training, JAX", ours, max(theirs), "images/s", ours / max(theirs), least, aim)

    def compiled_prediction(self):
        from compiled_peers import OnnxPeer

        network, count = PRESETS["cnn"].build(0), min(10_000, len(self.images))
        images = self.images[:count]
        inputs, peer = images.reshape(-1, 20, 20, 1), OnnxPeer(network, self.threads)
        works = [lambda c=c: seconds(lambda: peer.predict(images, c)) for c in (count, 1000, 128)]
        ours, *theirs = alternate(self.rounds, lambda: seconds(lambda: network.predict(inputs)), *works)
        best = min(theirs)
        name = f"cnn prediction of {count:,}, ONNX Runtime"
        yield Row(name, count / ours, count / best, "images/s", best / ours, 0.95, 1.2)
        one, image = inputs[:1], images[:1]
        ours, best = alternate(
            self.rounds,
            lambda: median_seconds(lambda: network.predict(one), _SINGLE_CALLS),
            lambda: median_seconds(lambda: peer.predict(image, 1), _SINGLE_CALLS),
        )
        yield Row("cnn prediction of one image, ONNX Runtime", 1e6 * ours, 1e6 * best, "µs", best / ours, 0.65, 0.9)

    def busy(self, name):
        """All threads beside one, while another process has a core to itself as far as the system lets it."""
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
            one, many = alternate(self.rounds, self._ours(name, 1), self._ours(name))
            other.kill()
        yield Row(f"{name} training, a core busy, beside 1 thread", many, one, "images/s", many / one, 0.9, 1)

    def scaling(self):
        cores = max(2, self.threads)
        one, many = alternate(self.rounds, self._ours("cnn", 1), self._ours("cnn", cores))
        least, aim = (1.65, 1.9) if cores == 2 else (0.8 * cores, 0.95 * cores)
        yield Row(f"cnn training, {cores} threads beside 1", many, one, "images/s", many / one, least, aim)

    def scikit_learn(self):
        from peers import sklearn_network

        inputs, theirs = self.images.reshape(-1, 400), sklearn_network()
        classes = np.arange(10)

        def epoch():
            return len(inputs) / seconds(lambda: theirs.partial_fit(inputs, self.labels, classes=classes))

        ours, peer = alternate(self.rounds, self._ours("mlp"), epoch)
        yield Row("mlp epoch, scikit-learn MLPClassifier", ours, peer, "images/s", ours / peer, 2.5, 4)

    def logistic(self):
        from peers import sklearn_logistic

        l2 = 1e-4
        inputs, targets = PRESETS["logistic"].prepare(self.original, np.random.default_rng(0))
        rows = inputs.reshape(-1, 400)
        theirs = sklearn_logistic(len(rows), l2).fit(rows, targets)
        target = _logistic_objective(theirs.coef_[0], theirs.intercept_[0], rows, targets, l2)
        reached = []

        def ours():
            network = PRESETS["logistic"].build(0)
            settings = TrainingConfig(optimizer="lbfgs", epochs=10_000, l2=l2, threads=self.threads)
            Trainer(network, settings, callbacks=[_StopAt(target)]).fit(inputs, targets)
            kernel, bias = network.get_weights()
            reached.append(_logistic_objective(kernel[:, 0], bias[0], rows, targets, l2))

        mine, peer = alternate(
            self.rounds,
            lambda: seconds(ours),
            lambda: seconds(lambda: sklearn_logistic(len(rows), l2).fit(rows, targets)),
        )
        assert max(reached) <= target * 1.00001, "our run ended at a higher loss"
        yield Row("logistic 0/1 to the same loss, scikit-learn", 1e3 * mine, 1e3 * peer, "ms", peer / mine, 1, 2)

    def floor(self):
        from profile_step import floor_and_step

        floor, step = floor_and_step(_BATCH, self.threads)
        yield Row("share of the GEMM floor in a cnn step", 1e3 * step, 1e3 * floor, "ms", floor / step, 0.5, 0.7)

    def memory(self):
        ours, peer = (_peak_megabytes(side, len(self.images), self.threads) for side in ("ours", "torch"))
        yield Row("peak memory of cnn training, PyTorch", ours, peer, "MB", peer / ours, 1, 2)

    def augmentation(self):
        from engine.data.augmentation.images import augment_images

        rng = np.random.default_rng(0)

        def augment():
            for start in range(0, len(self.images), _BATCH):
                augment_images(self.images[start : start + _BATCH], rng)

        rate, needed = alternate(self.rounds, self._ours("cnn"), lambda: seconds(augment))
        epoch = len(self.images) / rate
        yield Row("augmentation, one thread, beside a cnn epoch", needed, epoch, "s", epoch / needed, 1 / 0.3, 1 / 0.1)

    def lines(self):
        """Every measurement: its words, and what yields its rows."""
        return {
            "cnn training": lambda: self.training("cnn", 1, 1.3),
            "mlp training": lambda: self.training("mlp", 2, 3),
            "softmax training": lambda: self.training("softmax", 3, 5),
            "jax cnn": lambda: self.compiled_training("cnn", 1.9, 2.5),
            "jax mlp": lambda: self.compiled_training("mlp", 0.85, 1.1),
            "jax softmax": lambda: self.compiled_training("softmax", 0.95, 1.2),
            "prediction": self.prediction,
            "onnx": self.compiled_prediction,
            "busy mlp": lambda: self.busy("mlp"),
            "busy cnn": lambda: self.busy("cnn"),
            "scaling": self.scaling,
            "sklearn mlp": self.scikit_learn,
            "sklearn logistic": self.logistic,
            "floor": self.floor,
            "memory": self.memory,
            "augmentation": self.augmentation,
        }


class _StopAt(Callback):
    """Ends a run as soon as its loss, penalties included, is low enough."""

    def __init__(self, loss):
        self.loss = loss

    def on_batch_end(self, run, batch):
        if batch.loss <= self.loss:
            run.stop()


def _logistic_objective(kernel, bias, rows, targets, l2):
    z = rows.astype(np.float64) @ kernel.astype(np.float64) + bias
    return float(np.mean(np.logaddexp(0, z) - z * targets) + l2 * np.sum(kernel.astype(np.float64) ** 2))


def _peak_megabytes(side, images, threads):
    """Peak memory of a process of its own that trains the cnn for one epoch."""
    command = [sys.executable, __file__, "--peak", side, "--images", str(images), "--threads", str(threads)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _train_for_peak(arguments):
    """What the process behind `_peak_megabytes` does."""
    images = np.resize(load_bundled().images, (arguments.images, 20, 20))
    labels = np.resize(load_bundled().labels, arguments.images)
    if arguments.peak == "torch":
        import torch
        from peers import TorchPeer

        torch.set_num_threads(arguments.threads)
        TorchPeer("cnn", images, labels, channels_last=True).epoch()
    else:
        Trainer(PRESETS["cnn"].build(0), config("cnn", arguments.threads)).fit(images.reshape(-1, 20, 20, 1), labels)
    helpers = [Path(f"/proc/{number}/status") for number in team.process_ids()]
    print(own_peak_megabytes() + sum(megabytes(status, "VmHWM") for status in helpers if status.exists()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="a data set to measure with instead of the bundled digits")
    parser.add_argument("--images", type=int, default=60_000, help="images in an epoch")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison")
    parser.add_argument("--threads", type=int, default=0, help="threads of both sides, 0 for all cores")
    parser.add_argument("--only", nargs="*", default=[], help="words of the lines to measure")
    parser.add_argument("--as-set", action="store_true", help="keep variables that limit one library's instructions")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--peak", choices=("ours", "torch"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        _train_for_peak(arguments)
        return
    if not arguments.as_set:
        run_without_limits()
    bench = Bench(arguments)
    if not arguments.json:
        print(f"{platform.processor() or platform.machine()}, {bench.threads} threads, {len(bench.images):,} images")
        print(f"{'work, beside':<52}{'ours':>12}{'peer':>12} {'unit':<9}{'ratio':>8}{'least':>7}{'aim':>7}")
    for words, measure in bench.lines().items():
        if arguments.only and not any(word in words for word in arguments.only):
            continue
        for row in measure():
            print(json.dumps(vars(row)) if arguments.json else row, flush=True)


if __name__ == "__main__":
    main()
