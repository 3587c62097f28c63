"""Steps so short that nothing happens."""

import numpy as np

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, tidy

_EPOCHS = 3
# After so many epochs most of the loss is still there, although it fell in every one, in the last by little.
_LEFT = 0.6
_FALL = 0.08
_TIMES = 10.0


def _find(run: Observations) -> Finding | None:
    losses, first = run.losses, run.first_loss
    if run.full_batch or len(losses) < _EPOCHS or not np.isfinite(first) or first <= 0:
        return None
    if np.any(np.diff(losses[-_EPOCHS:]) >= 0) or losses[-1] < _LEFT * first or losses[-1] > first:
        return None
    if losses[-1] < (1 - _FALL) * losses[-2]:
        return None
    rate = run.config.learning_rate
    better = run.usual.learning_rate if rate < run.usual.learning_rate / 2 else tidy(rate * _TIMES)
    step = 100 * (1 - losses[-1] / losses[-2])
    saw = (
        f"After {len(losses)} epochs {100 * losses[-1] / first:.0f} % of the first loss is left ({losses[-1]:.3g} of "
        f"{first:.3g}); it falls in every epoch, in the last one by {step:.2g} %."
    )
    advice = f"Raise the learning rate from {rate:g} to {better:g}."
    return Finding(saw, advice, {"learning_rate": better}, 0.0, float(len(losses)))


RULE = HintRule(
    "rate_too_low",
    "The learning rate is too low",
    "The direction is right, as the loss falls in every epoch, but the steps are short: at this pace the training "
    "takes many times as long as it has to, and may end before it has learned much.",
    _find,
    unless=("diverging", "rate_too_high", "dead_units", "saturated_units", "batch_too_large"),
)
