"""The rules, the gravest first. To add one: its file here, its line in `HINTS`, and a recorded run that shows it."""

from engine.training.hints import (
    batch_too_large,
    class_imbalance,
    dead_units,
    diverging,
    exploding_gradients,
    not_learning,
    overfitting,
    plateau,
    rate_too_high,
    rate_too_low,
    saturated_units,
    underfitting,
    validation_leaking,
)
from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

HINTS: dict[str, HintRule] = {
    rule.key: rule
    for rule in (
        diverging.RULE,
        exploding_gradients.RULE,
        validation_leaking.RULE,
        not_learning.RULE,
        rate_too_high.RULE,
        dead_units.RULE,
        saturated_units.RULE,
        rate_too_low.RULE,
        batch_too_large.RULE,
        class_imbalance.RULE,
        overfitting.RULE,
        underfitting.RULE,
        plateau.RULE,
    )
}


def find_hints(run: Observations) -> dict[str, Finding]:
    """What the rules have to say, by key, in the order of the registry; a rule is silent where another says more."""
    found = {key: finding for key, rule in HINTS.items() if (finding := rule.find(run)) is not None}
    return {key: finding for key, finding in found.items() if not any(other in found for other in HINTS[key].unless)}
