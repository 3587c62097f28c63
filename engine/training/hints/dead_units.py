"""Rectified units that answer nothing, whatever they see."""

from engine.training.divergence import safer_rate
from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, lasting_share

_SHARE = 0.4


def _find(run: Observations) -> Finding | None:
    found = lasting_share(run, "dead", _SHARE)
    if found is None:
        return None
    name, share, first, last = found
    saw = f"In the layer “{name}” {share:.0f} % of the units give 0 for every digit that was tried."
    if run.full_batch:
        advice, rate = "Start from other first weights.", None
    else:
        rate = safer_rate(run.config)
        advice = f"Lower the learning rate from {run.config.learning_rate:g} to {rate:g}, and train a fresh model."
    change = {"seed": run.config.seed + 1} if rate is None else {"learning_rate": rate}
    return Finding(saw, advice, change, first, last)


RULE = HintRule(
    "dead_units",
    "Many units are dead",
    "A rectified unit, max(z, 0), whose z is negative for every digit gives 0, and its gradient is 0 too: it never "
    "comes back. Usually one step was far too long and threw its bias or weights deep into the negative. What is left "
    "of the layer has to do the work.",
    _find,
    unless=("diverging", "exploding_gradients"),
)
