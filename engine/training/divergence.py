"""Why a run left the range of finite numbers, in one sentence that names the setting to change."""

from typing import Final

from engine.training.config import TrainingConfig

# A rate that is usually safe; more than ten times as much gets this one as advice instead of a tenth.
_SAFE_RATE: Final = {"gradient_descent": 0.1, "momentum": 0.01, "nesterov": 0.01}
_SAFE_ADAPTIVE_RATE: Final = 0.001


def explain_divergence(config: TrainingConfig, learning_rate: float, epoch: int, batch: int) -> str:
    """The sentence for a run whose loss is not finite.

    Args:
        config: its settings.
        learning_rate: the rate in force.
        epoch: where it happened, counted from 1.
        batch: within the epoch, counted from 1.
    """
    what = f"Training diverged: the loss is not a finite number any more (epoch {epoch}, batch {batch})."
    kept = "The last finite weights are back."
    # A step on l2·Σw² alone multiplies the weights by 1 − 2·α·l2: beyond −1 they grow without any data. A rate that
    # is the larger of the two would do so with the data as well, so it is to blame then.
    name, penalty = ("L1", config.l1) if config.l1 > config.l2 else ("L2", config.l2)
    if config.optimizer == "lbfgs":
        # It finds the length of each step itself, so there is no rate to lower: a penalty keeps the weights small.
        if penalty >= 1:
            return f"{what} {kept} Lower {name} (now {penalty:g})."
        better = max(10 * config.l2, 1e-4)
        return f"{what} {kept} Raise L2 (now {config.l2:g}), for instance to {better:g}, or choose another optimizer."
    if penalty * learning_rate >= 1 and penalty >= learning_rate:
        return f"{what} {kept} Lower {name} (now {penalty:g})."
    advice = f"Lower the learning rate (now {config.learning_rate:g}), for instance to {safer_rate(config):g}"
    if config.clip_norm is None:
        advice += ", or switch gradient clipping on"
    return f"{what} {kept} {advice}."


def safer_rate(config: TrainingConfig) -> float:
    """A learning rate that usually does not diverge: a tenth, or less; one digit is precise enough for advice."""
    safe = _SAFE_RATE.get(config.optimizer, _SAFE_ADAPTIVE_RATE)
    return float(f"{min(config.learning_rate / 10, safe):.1g}")
