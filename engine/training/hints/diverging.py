"""The loss grows without bound."""

import numpy as np

from engine.training.divergence import safer_rate
from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, Setting

# The mean loss of an epoch against the first batch, whose weights know nothing.
_GROWN = 3.0
# And against the epoch before: a high rate makes the loss jump about, which is another matter.
_GROWS = 1.5


def _find(run: Observations) -> Finding | None:
    losses, first = run.losses, run.first_loss
    grown = len(losses) > 1 and np.isfinite(first) and losses[-1] > max(_GROWS * losses[-2], _GROWN * first)
    if run.ending != "diverged" and not grown:
        return None
    finished = len(losses)
    if run.ending == "diverged":
        last = run.batch_losses[np.isfinite(run.batch_losses)]
        now = f" The last finite one was {last[-1]:.3g}, the first {first:.3g}." if last.size else ""
        saw = f"In epoch {finished + 1} the loss was no finite number any more.{now}"
    else:
        saw = f"The loss rose from {first:.3g} in the first batch to {losses[-1]:.3g} in epoch {finished}."
    end = finished + (run.ending == "diverged")
    change: dict[str, Setting]
    if run.full_batch:
        l2 = max(10 * run.config.l2, 1e-4)
        advice, change = f"Keep the weights small: L2 {l2:g} instead of {run.config.l2:g}.", {"l2": l2}
    else:
        rate = safer_rate(run.config)
        advice = f"Lower the learning rate from {run.config.learning_rate:g} to {rate:g}."
        change = {"learning_rate": rate}
    return Finding(saw, advice, change, max(0.0, end - 1.0), end)


RULE = HintRule(
    "diverging",
    "The training diverges",
    "Each step goes so far beyond the bottom of the valley that it lands higher than it began; the gradient there is "
    "steeper, so the next step is longer still. Nothing learned so far survives that. A shorter step, a limit on the "
    "gradient, or smaller weights end it.",
    _find,
)
