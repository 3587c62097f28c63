"""Sigmoids that sit at the ends of their range."""

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, Setting, lasting_share, tidy

_SHARE = 0.5


def _find(run: Observations) -> Finding | None:
    found = lasting_share(run, "saturated", _SHARE)
    if found is None:
        return None
    name, share, first, last = found
    saw = f"In the layer “{name}” {share:.0f} % of the outputs are at an end of their range, where it is flat."
    config = run.config
    l2 = max(10 * config.l2, 1e-4)
    change: dict[str, Setting] = {"l2": l2}
    advice = f"Keep the weights small: L2 {l2:g} instead of {config.l2:g}"
    if not run.full_batch:
        rate = tidy(config.learning_rate / 10)
        change["learning_rate"] = rate
        advice += f", and a learning rate of {rate:g} instead of {config.learning_rate:g}"
    return Finding(saw, f"{advice}; or use rectified units.", change, first, last)


RULE = HintRule(
    "saturated_units",
    "Many sigmoids are saturated",
    "Far from 0 a sigmoid is flat: its output is nearly 0 or 1 and its slope y·(1 − y) nearly 0, so hardly any "
    "gradient passes through to the layers below, and they stop learning. Smaller weights bring it back to the slope.",
    _find,
    unless=("diverging",),
)
