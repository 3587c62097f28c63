"""A model that is too small, or held too tight."""

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, Setting, tidy

_EPOCHS = 5
# The training loss has stopped falling with so many digits wrong, and others are no worse.
_STILL, _WRONG, _GAP = 0.02, 0.15, 0.03
# A penalty worth naming.
_STRONG = 1e-3


def _find(run: Observations) -> Finding | None:
    losses, chance = run.losses, run.chance
    if len(losses) < _EPOCHS or not run.classifies or chance is None:
        return None
    last = run.epochs[-1]
    right, held_out = last.metrics.get("accuracy"), last.validation_metrics.get("accuracy")
    if right is None or held_out is None or right > 1 - _WRONG or right < chance + 0.1 or right - held_out > _GAP:
        return None
    if losses[-1] < (1 - _STILL) * losses[-3]:
        return None
    saw = (
        f"The training loss has stopped at {losses[-1]:.3g}, and {100 * (1 - right):.0f} % of the training digits are "
        f"still answered wrongly, as {100 * (1 - held_out):.0f} % of the validation digits are."
    )
    config = run.config
    change: dict[str, Setting]
    strong = max(("l2", "l1"), key=lambda name: float(getattr(config, name)))
    if (value := float(getattr(config, strong))) >= _STRONG:
        less = tidy(value / 100)
        change, advice = {strong: less}, f"Loosen the penalty: {strong.upper()} {less:g} instead of {value:g}."
    elif run.larger:
        change, advice = {"preset": run.larger}, "Take a larger model."
    else:
        change = {"epochs": 2 * config.epochs, "augment": False}
        advice = f"Train twice as long, {2 * config.epochs} epochs, on digits that are not varied."
    return Finding(saw, advice, change, float(len(losses) - 3), float(len(losses)))


RULE = HintRule(
    "underfitting",
    "The model is too simple",
    "It has stopped getting better although it is often wrong on the very digits that it learns from: its weights "
    "cannot describe the difference, or a penalty does not let them. More digits will not help; a larger model, or a "
    "weaker penalty, will.",
    _find,
    unless=("diverging", "rate_too_high", "rate_too_low", "not_learning", "dead_units", "saturated_units",
            "batch_too_large", "class_imbalance"),
)  # fmt: skip
