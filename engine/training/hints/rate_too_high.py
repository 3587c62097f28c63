"""Steps that jump over the minimum."""

import numpy as np

from engine.training.divergence import safer_rate
from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

# A batch early in the run that is so much worse than a network that knows nothing.
_JUMP = 3.0
# The share of epochs whose loss is higher than that of the one before, and how many are looked at.
_RISES, _LAST = 0.4, 6
# Close to the bottom any loss is noisy: so much of the first one is left in the best of these epochs.
_LEFT = 0.1
# A rise that is more than the noise of varied digits, while the rate is still what was asked for.
_MUCH, _RATE_LEFT = 1.1, 0.5


def _find(run: Observations) -> Finding | None:
    losses, first = run.losses, run.first_loss
    if run.full_batch or not len(losses) or not np.isfinite(first):
        return None
    early = run.batch_losses[run.batch_epochs <= 1.0]
    peak = float(np.nanmax(early)) if early.size else first
    rate = safer_rate(run.config)
    advice = f"Lower the learning rate from {run.config.learning_rate:g} to {rate:g}."
    if peak > _JUMP * first:
        saw = (
            f"In the first epoch the loss of a batch jumped to {peak:.3g}; at the start, untrained, it was {first:.3g}."
        )
        return Finding(saw, advice, {"learning_rate": rate}, 0.0, 1.0)
    last = losses[-_LAST:]
    if len(last) < _LAST or run.epochs[-1].learning_rate < _RATE_LEFT * run.config.learning_rate:
        return None
    rises = int(np.sum(last[1:] > _MUCH * last[:-1]))
    if rises / (_LAST - 1) >= _RISES and last.min() > _LEFT * first:
        saw = (
            f"The training loss rose in {rises} of the last {_LAST - 1} epochs and lies at {last[-1]:.3g}, "
            f"between {last.min():.3g} and {last.max():.3g}."
        )
        return Finding(saw, advice, {"learning_rate": rate}, float(len(losses) - _LAST + 1), float(len(losses)))
    return None


RULE = HintRule(
    "rate_too_high",
    "The learning rate is too high",
    "A step that is longer than the valley is wide lands on the other slope, and the loss jumps about instead of "
    "falling. It may still fall on the whole, but never reaches the bottom. A shorter step does; a schedule that lets "
    "the rate fall gives both, a quick start and a calm end.",
    _find,
    unless=("diverging", "exploding_gradients"),
)
