"""Gradients that grow by orders of magnitude."""

import numpy as np

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

# Against the gradient of the untrained network.
_TIMES = 50.0


def _find(run: Observations) -> Finding | None:
    if run.full_batch or run.config.clip_norm is not None or len(run.readings) < 2:
        return None
    first, *later = run.readings
    worst = max(later, key=lambda one: one.gradient_norm if np.isfinite(one.gradient_norm) else np.inf)
    norm, epoch = worst.gradient_norm, worst.epoch
    if np.isfinite(norm) and norm < _TIMES * first.gradient_norm:
        return None
    length = f"{norm:,.3g}" if np.isfinite(norm) else "no finite number"
    saw = (
        f"After epoch {epoch:g} the gradient's length was {length}; before the first step it was "
        f"{first.gradient_norm:.3g}."
    )
    limit = 1.0
    advice = f"Clip the gradient at {limit:g}: longer ones keep their direction and lose their length."
    return Finding(saw, advice, {"clip_norm": limit}, max(0.0, epoch - 1), epoch)


RULE = HintRule(
    "exploding_gradients",
    "The gradients explode",
    "Going backwards, the gradient is multiplied by the weights of each layer: where these are large, it grows by a "
    "factor a layer, and a single step throws the weights far off. A limit on its length keeps the direction and "
    "takes away the danger.",
    _find,
)
