"""A loss that has stopped falling while the rate stays."""

import numpy as np

from engine.training.hints.observations import Observations, median
from engine.training.hints.rule import Finding, HintRule

_EPOCHS = 6
# The median of the last three epochs against that of the three before.
_STILL = 0.97
# There is still something to gain: share of the first loss.
_LEFT = 0.02


def _find(run: Observations) -> Finding | None:
    losses, first = run.losses, run.first_loss
    if run.full_batch or run.config.schedule != "constant" or len(losses) < _EPOCHS or not np.isfinite(first):
        return None
    before, now = median(losses[-6:-3]), median(losses[-3:])
    validation = run.validation_losses
    if now < _STILL * before or now < _LEFT * first or now > 0.9 * first:
        return None
    if np.isfinite(validation).all() and validation[-3:].min() < 0.999 * validation[:-3].min():
        return None
    saw = (
        f"Over the last three epochs the training loss was {now:.3g}, over the three before {before:.3g}; the learning "
        f"rate was {run.config.learning_rate:g} all the time."
    )
    advice = "Let the learning rate fall when the loss stops falling: the schedule “On plateau”."
    return Finding(saw, advice, {"schedule": "reduce_on_plateau"}, float(len(losses) - _EPOCHS), float(len(losses)))


RULE = HintRule(
    "plateau",
    "The loss has stopped falling",
    "With steps of one length the weights end up circling the minimum at about that distance: the noise of the batches "
    "pushes them out as far as the gradient pulls them in. A rate that falls lets them settle, which often brings the "
    "last tenths of a percent.",
    _find,
    unless=("diverging", "rate_too_high", "not_learning", "underfitting", "overfitting", "dead_units",
            "saturated_units", "class_imbalance", "rate_too_low"),
)  # fmt: skip
