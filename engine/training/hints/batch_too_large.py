"""So few steps that nothing can come of it."""

import numpy as np

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

_STEPS_PER_EPOCH = 8
_STEPS = 400
_WANTED = 50
_SMALLEST = 8
# Where so much of the loss is gone nobody needs the advice.
_LEFT = 0.1


def _find(run: Observations) -> Finding | None:
    config, digits, losses = run.config, run.data.digits, run.losses
    planned = run.steps_per_epoch * config.epochs
    if run.full_batch or not 0 < run.steps_per_epoch < _STEPS_PER_EPOCH or planned >= _STEPS or len(losses) < 2:
        return None
    better = _SMALLEST
    while better * 2 * _WANTED <= digits:
        better *= 2
    if better >= config.batch_size or not np.isfinite(run.first_loss) or losses[-1] < _LEFT * run.first_loss:
        return None
    batch = min(config.batch_size, digits)
    steps = "1 step" if run.steps_per_epoch == 1 else f"{run.steps_per_epoch} steps"
    saw = (
        f"A batch has {batch:,} of the {digits:,} training digits: {steps} an epoch, {planned:,} in the whole run. "
        f"After {len(losses)} epochs the loss is {losses[-1]:.3g}, at the start it was {run.first_loss:.3g}."
    )
    advice = f"Take a batch size of {better}: {-(-digits // better)} steps an epoch."
    return Finding(saw, advice, {"batch_size": better}, 0.0, float(len(losses)))


RULE = HintRule(
    "batch_too_large",
    "The batches are too large for the data",
    "The weights move once a batch. With a few large batches an epoch computes as much as with many small ones and "
    "moves the weights only a few times; the direction is hardly better for it, as the noise falls with the square "
    "root of the size alone.",
    _find,
    unless=("diverging", "rate_too_high", "not_learning"),
)
