"""Runs whose metrics are kept beside the tests of the hints, and how they are recorded.

python tests/engine/training/hint_runs.py NAME …    trains them again and writes `hints/NAME.json`
"""

import json
import math
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from engine.data import bundled_split
from engine.inspection.layer_readings import BINS, Histogram, LayerReading, NetworkReading, read_network
from engine.inspection.twin import readable_twin, take_weights
from engine.layers import Dense, Flatten
from engine.sequential import Sequential
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.hints.observations import DataFacts, Observations
from engine.training.messages import EpochEnded
from engine.training.trainer import Trainer
from models import PRESETS

FOLDER = Path(__file__).parent / "hints"
PROBE, MOST_BATCHES = 256, 400


class Watch(Callback):
    """Batches and, after each epoch, the layers."""

    def __init__(self, inputs, targets):
        self.probe = inputs[:PROBE], targets[:PROBE]
        self.losses, self.readings, self.twin = [], [], None

    def on_train_begin(self, run):
        self._read(run, 0.0)

    def on_batch_end(self, run, batch):
        self.losses.append(batch.data_loss)

    def on_epoch_end(self, run, event):
        self._read(run, float(event.epoch))

    def _read(self, run, epoch):
        if self.twin is None:
            self.twin = readable_twin(run.network)
        take_weights(self.twin, run.network.store.snapshot())
        self.readings.append(read_network(self.twin, *self.probe, epoch))


def observe(preset, config, training, validation, layers=None):
    """Train for real and give what was seen."""
    generator = np.random.default_rng(config.seed)
    x, y = preset.prepare(training, generator)
    held_out = preset.prepare(validation, generator)
    network = preset.build(config.seed, refuse=config.refuse)
    if layers is not None:
        loss = network.loss
        network = Sequential(layers, seed=config.seed)
        network.build(preset.input_shape)
        network.loss = loss
    watch = Watch(x, y)
    trainer = Trainer(network, config, callbacks=[watch], augment=preset.augmentation(config))
    finished = trainer.fit(x, y, held_out)
    classes = {"multiclass": 10, "binary": 2}.get(preset.task, 0)
    steps = -(-len(x) // min(config.batch_size, len(x)))
    losses = np.array(watch.losses)
    return Observations(
        config=config,
        usual=preset.settings(config.optimizer),
        task=preset.task,
        data=DataFacts.of(x, y, held_out[0], classes=classes),
        epochs=finished.history,
        batch_losses=losses,
        batch_epochs=(1 + np.arange(len(losses))) / steps,
        steps_per_epoch=steps,
        first_loss=float(losses[0]),
        readings=tuple(watch.readings),
        ending=finished.reason,
        full_batch=trainer.run.optimizer.full_batch,
        larger={"softmax": "mlp", "mlp": "cnn", "cnn": "cnn-large"}.get(preset.name, ""),
        can_vary=preset.can_augment,
    )


def few(count=300, held_out=100):
    training, validation = bundled_split()
    return training.subset(np.arange(count)), validation.subset(np.arange(held_out))


def _same(training, validation):
    return training, validation


def _sick(preset, digits=(1000, 300), change=_same, layers=None, **settings):
    preset = PRESETS[preset]
    config = replace(preset.defaults, augment=False, refuse=False, schedule="constant", **settings)
    return observe(preset, config, *change(*few(*digits)), layers=layers)


def _imbalanced(training, validation):
    keep = (training.labels == 1) | (np.random.default_rng(0).random(len(training)) < 0.08)
    return training.subset(keep), validation


def _leaking(training, validation):
    images = np.concatenate([training.images[:60], validation.images[60:]])
    labels = np.concatenate([training.labels[:60], validation.labels[60:]])
    return training, replace(validation, images=images, labels=labels, originals=None)


def _sigmoids():
    return [Flatten(), Dense(64, activation="sigmoid", kernel_initializer="glorot_uniform"),
            Dense(64, activation="sigmoid"), Dense(10)]  # fmt: skip


def _deep():
    return [
        Flatten(),
        *(Dense(64, activation="leaky_relu", kernel_initializer="he_normal") for _ in range(8)),
        Dense(10),
    ]


# Each shows what its name says.
SICK = {
    "diverging": lambda: _sick("angle", optimizer="gradient_descent", learning_rate=0.5, epochs=4),
    "rate_too_high": lambda: _sick("softmax", learning_rate=3.0, l2=0.0, epochs=8),
    "rate_too_low": lambda: _sick("mlp", learning_rate=3e-6, epochs=5),
    "not_learning": lambda: _sick("mlp", l2=10.0, epochs=5),
    "overfitting": lambda: _sick("mlp", digits=(400, 300), change=lambda t, v: (replace(t, labels=np.where(
        np.random.default_rng(1).random(len(t)) < 0.3, np.random.default_rng(0).permutation(t.labels), t.labels)), v),
        learning_rate=0.003, batch_size=20, epochs=30),
    "underfitting": lambda: _sick("softmax", l2=0.05, epochs=15, batch_size=20),
    "dead_units": lambda: _sick("mlp", learning_rate=0.3, epochs=6),
    "saturated_units": lambda: _sick("mlp", learning_rate=0.1, epochs=5, layers=_sigmoids()),
    "class_imbalance": lambda: _sick("softmax", digits=(3000, 300), change=_imbalanced, epochs=4, batch_size=16),
    "plateau": lambda: _sick("softmax", learning_rate=0.01, l2=0.01, epochs=24, batch_size=20),
    "exploding_gradients": lambda: _sick("mlp", learning_rate=0.1, epochs=5, layers=_deep()),
    "validation_leaking": lambda: _sick("softmax", change=_leaking, epochs=4, batch_size=16),
    "batch_too_large": lambda: _sick("softmax", batch_size=500, epochs=6, learning_rate=0.003),
}  # fmt: skip


def healthy(name):
    """A preset with its own settings on the bundled digits."""
    preset = PRESETS[name]
    return observe(preset, replace(preset.defaults, refuse=False), *bundled_split())


def save(run, path):
    thin = max(1, -(-len(run.batch_losses) // MOST_BATCHES))
    keep = slice(0, None, thin)

    def tidy(value):
        if isinstance(value, dict):
            return {key: tidy(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [tidy(entry) for entry in value]
        if isinstance(value, float):
            return float(f"{value:.5g}") if math.isfinite(value) else None
        return value

    document = {
        **{name: getattr(run, name) for name in
           ("task", "steps_per_epoch", "first_loss", "ending", "full_batch", "larger", "can_vary")},
        "config": asdict(run.config), "usual": asdict(run.usual), "data": asdict(run.data),
        "epochs": [asdict(event) for event in run.epochs],
        "batch_losses": run.batch_losses[keep].tolist(), "batch_epochs": run.batch_epochs[keep].tolist(),
        "readings": [
            {"epoch": one.epoch, "gradient_norm": one.gradient_norm, "weight_norm": one.weight_norm,
             "layers": [[layer.name, layer.dead, layer.saturated] for layer in one.layers]}
            for one in run.readings
        ],
    }  # fmt: skip
    path.write_text(json.dumps(tidy(document), separators=(",", ":")) + "\n")


def load(path):
    value = json.loads(path.read_text())

    def number(entry):
        return math.nan if entry is None else entry

    def event(entry):
        for name in ("metrics", "validation_metrics"):
            entry[name] = {key: number(one) for key, one in entry[name].items()}
        return EpochEnded(**entry)

    empty = Histogram(0.0, 1.0, np.zeros(BINS, np.int64))
    readings = [
        NetworkReading(
            one["epoch"],
            tuple(LayerReading(name, None, empty, dead, saturated) for name, dead, saturated in one["layers"]),
            number(one["gradient_norm"]) if one["gradient_norm"] is not None else math.inf,
            number(one["weight_norm"]),
        )
        for one in value.pop("readings")
    ]
    return Observations(
        config=TrainingConfig(**value.pop("config")),
        usual=TrainingConfig(**value.pop("usual")),
        data=DataFacts(**{**value["data"], "class_counts": tuple(value.pop("data")["class_counts"])}),
        epochs=tuple(event(entry) for entry in value.pop("epochs")),
        batch_losses=np.array([number(one) for one in value.pop("batch_losses")]),
        batch_epochs=np.array(value.pop("batch_epochs")),
        readings=tuple(readings),
        **value,
    )


if __name__ == "__main__":
    for name in sys.argv[1:]:
        run = SICK[name]() if name in SICK else healthy(name.removeprefix("healthy-"))
        save(run, FOLDER / f"{name}.json")
