"""A loss that stays where it was."""

import numpy as np

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule, Setting

_EPOCHS = 3
_LEFT = 0.97
# Accuracy above that of always giving the same answer.
_ABOVE_CHANCE = 0.1


def _find(run: Observations) -> Finding | None:
    losses, first = run.losses, run.first_loss
    if len(losses) < _EPOCHS or not np.isfinite(first) or losses[-_EPOCHS:].min() < _LEFT * first:
        return None
    # A loss that falls, however slowly, is another matter.
    if np.all(np.diff(losses[-_EPOCHS:]) < 0) and losses[-1] < first:
        return None
    chance, accuracy = run.chance, run.accuracy
    if chance is not None and accuracy is not None and accuracy > chance + _ABOVE_CHANCE:
        return None
    told = (
        f" It is right in {100 * accuracy:.0f} % of the cases; always giving the same answer would be in "
        f"{100 * chance:.0f} %."
        if chance is not None and accuracy is not None
        else ""
    )
    saw = f"After {len(losses)} epochs the loss is {losses[-1]:.3g}, at the start it was {first:.3g}.{told}"
    usual = run.usual
    change: dict[str, Setting] = {
        name: getattr(usual, name)
        for name in ("learning_rate", "l1", "l2", "batch_size")
        if getattr(usual, name) != getattr(run.config, name)
    }
    if change:
        advice = "Go back to the settings of the preset, which are known to learn."
    else:
        change = {"seed": run.config.seed + 1}
        advice = "Look at the digits and their labels on the tab Data, and start from other first weights."
    return Finding(saw, advice, change, 0.0, float(len(losses)))


RULE = HintRule(
    "not_learning",
    "Nothing is learned",
    "The model does no better than one that ignores the digit. Either the steps do not reach it (a rate far too low or "
    "so high that all units died), or a penalty holds all weights at 0, or the labels have nothing to do with the "
    "pictures. More epochs will not help.",
    _find,
    unless=("diverging", "rate_too_high", "dead_units", "saturated_units"),
)
