"""Made-up news of a run, and ways to look at what a chart has drawn."""

from types import SimpleNamespace

import numpy as np
from fake_training import epoch_ended

from engine.inspection.layer_readings import Histogram, LayerReading, NetworkReading
from engine.training.messages import StepMeasure, TrainingProgress
from models import PRESETS


def started(preset="cnn", continued=False, first_epoch=0.0, first_step=0):
    chosen = PRESETS[preset]
    return SimpleNamespace(
        preset=chosen,
        config=chosen.defaults,
        continued=continued,
        first_epoch=first_epoch,
        first_step=first_step,
        training_count=8500,
        earlier=(),
    )


def reading(epoch):
    """Two layers as they might be after an epoch."""
    counts = Histogram.of(np.random.default_rng(int(epoch)).normal(0, 1 + epoch, 500))
    layers = tuple(
        LayerReading(f"{number} · dense, relu", counts, counts, dead=0.1 * epoch, saturated=None) for number in (1, 2)
    )
    return NetworkReading(epoch, layers, gradient_norm=1.0, weight_norm=2.0)


def progress(first=0, losses=(), penalties=0.0, accuracies=None, epochs=(), steps_per_epoch=10):
    losses = np.asarray(losses, np.float64)
    return TrainingProgress(
        run_id=1,
        first_step=first,
        batch_losses=losses + penalties,
        batch_data_losses=losses,
        batch_accuracies=np.full(losses.shape, 0.5) if accuracies is None else np.asarray(accuracies),
        epochs=tuple(epochs),
        step=first + losses.size,
        total_steps=1000,
        epoch=1,
        total_epochs=100,
        steps_per_epoch=steps_per_epoch,
        images_per_second=100.0,
        seconds_left=None,
        paused=False,
        weights=None,
        weights_step=0,
        finished=None,
        measures=tuple(
            StepMeasure(first + at, 0.01 / (1 + at), 1.0 + at, 0.001) for at in range(min(losses.size, 1000))
        ),
        epoch_weights=tuple((epoch.step, np.full(4, epoch.epoch, np.float32)) for epoch in epochs),
    )


def falling(count, first=0):
    return 2.0 * np.exp(-np.arange(first, first + count) / 30) + 0.05


def line(chart, name):
    return next(line for line in chart.lines if line.name == name)


def drawn(chart, name):
    return line(chart, name).points


def trained(card, epochs=3):
    chart = card.chart
    chart.begin(started())
    for epoch in range(1, epochs + 1):
        ended = epoch_ended(epoch, validation=1.0 / epoch, metrics={"accuracy": 1 - 0.5 / epoch})
        chart.add(progress(10 * (epoch - 1), falling(10, 10 * (epoch - 1)), epochs=[ended]))
    if card.chart.object_name == "pinnedChart":
        for step in range(20):
            chart.add_answer(step / 10, np.r_[0.9, np.full(9, 0.1 / 9)])
    if chart.wants_layers:
        chart.set_readings([reading(float(epoch)) for epoch in range(epochs + 1)])
    chart.redraw()
    return chart
