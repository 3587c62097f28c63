"""Why a run left the range of finite numbers, in one sentence that names the setting to change."""

import math

from engine.training.config import TrainingConfig


def explain_divergence(
    config: TrainingConfig, learning_rate: float, epoch: int, batch: int, data_loss: float, penalty: float
) -> str:
    """The sentence for a run whose loss is not finite.

    Args:
        config: its settings.
        learning_rate: the rate in force.
        epoch: where it happened, counted from 1.
        batch: within the epoch, counted from 1.
        data_loss: the last data loss.
        penalty: the penalty at the last weights.
    """
    what = f"Training diverged: the loss is not a finite number any more (epoch {epoch}, batch {batch})."
    kept = "The last finite weights are back."
    # A step on l2·Σw² alone multiplies the weights by 1 − 2·α·l2: beyond −1 they grow without any data.
    if config.l2 * learning_rate >= 1 or (math.isfinite(data_loss) and not math.isfinite(penalty)):
        name = "L2" if config.l2 > 0 else "L1"
        value = config.l2 if config.l2 > 0 else config.l1
        return f"{what} {kept} Lower {name} (now {value:g})."
    advice = f"Lower the learning rate (now {learning_rate:g}), for instance to {learning_rate / 10:g}"
    if config.clip_norm is None and config.optimizer != "lbfgs":
        advice += ", or switch gradient clipping on"
    return f"{what} {kept} {advice}."
