"""Rectified units that answer nothing, whatever they see."""

from engine.training.divergence import safer_rate
from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

_SHARE, _READINGS = 0.4, 2


def _find(run: Observations) -> Finding | None:
    shares = [(reading.epoch, reading.dead) for reading in run.readings if reading.dead is not None]
    needed = 1 if run.ending else _READINGS
    if len(shares) <= needed or any(share < _SHARE for _, share in shares[-needed:]):
        return None
    below = max((number for number, (_, share) in enumerate(shares) if share < _SHARE), default=-1)
    first = shares[below + 1][0]
    layers = [layer for layer in run.readings[-1].layers if layer.dead is not None]
    worst = max(layers, key=lambda layer: layer.dead or 0.0)
    share = 100 * (worst.dead or 0)
    saw = f"In the layer “{worst.name}” {share:.0f} % of the units give 0 for every digit that was tried."
    if run.full_batch:
        advice, rate = "Start from other first weights.", None
    else:
        rate = safer_rate(run.config)
        advice = f"Lower the learning rate from {run.config.learning_rate:g} to {rate:g}, and train a fresh model."
    change = {"seed": run.config.seed + 1} if rate is None else {"learning_rate": rate}
    return Finding(saw, advice, change, first, shares[-1][0])


RULE = HintRule(
    "dead_units",
    "Many units are dead",
    "A rectified unit, max(z, 0), whose z is negative for every digit gives 0, and its gradient is 0 too: it never "
    "comes back. Usually one step was far too long and threw its bias or weights deep into the negative. What is left "
    "of the layer has to do the work.",
    _find,
    unless=("diverging", "exploding_gradients"),
)
