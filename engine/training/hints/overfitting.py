"""A model that learns single digits by heart."""

import numpy as np

from engine.training.hints.observations import Observations, median
from engine.training.hints.rule import Finding, HintRule, Setting

# The lowest validation loss is so many epochs ago; since then it has risen, and the training loss fallen, by these.
_AGO, _RISEN, _FALLEN = 5, 1.2, 0.8
# A rise that matters, as a share of the untrained loss.
_WORTH = 0.08


def _find(run: Observations) -> Finding | None:
    validation, training = run.validation_losses, run.losses
    if not np.isfinite(validation).any():
        return None
    # One epoch that happens to be good, or bad, says nothing.
    smooth = np.array([median(validation[max(0, at - 1) : at + 2]) for at in range(len(validation))])
    best = int(np.nanargmin(smooth))
    if len(validation) - 1 - best < _AGO or training[best] <= 0:
        return None
    recent = validation[-_AGO:]
    least = smooth[best] + _WORTH * (run.first_loss if np.isfinite(run.first_loss) else 0.0)
    if recent.min() < max(least, _RISEN * smooth[best]) or training[-_AGO:].max() > _FALLEN * training[best]:
        return None
    saw = (
        f"Since epoch {best + 1} the validation loss has risen from {smooth[best]:.3g} to {validation[-1]:.3g}, while "
        f"the training loss fell from {training[best]:.3g} to {training[-1]:.3g}."
    )
    config = run.config
    change: dict[str, Setting]
    if run.can_vary and not config.augment and not run.full_batch:
        change, advice = {"augment": True}, "Vary the digits, so that no epoch shows the same ones again."
    elif config.l2 < 1e-3:
        l2 = max(10 * config.l2, 1e-4)
        change, advice = {"l2": l2}, f"Keep the weights smaller: L2 {l2:g} instead of {config.l2:g}."
    else:
        change = {"patience": _AGO, "restore_best": True}
        advice = f"Stop after {_AGO} epochs without a better validation loss, and keep the best epoch."
    return Finding(saw, advice, change, float(best + 1), float(len(validation)))


RULE = HintRule(
    "overfitting",
    "The model learns by heart",
    "It gets ever better on the digits that it has seen and worse on those that it has not: what it learns now are "
    "peculiarities of single digits. More digits, varied digits, smaller weights, dropout or fewer parameters help; or "
    "stop where the validation loss is lowest.",
    _find,
    unless=("diverging", "rate_too_high", "validation_leaking"),
)
