"""Digits that are in both parts of the data."""

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

_SHARE = 0.01


def _find(run: Observations) -> Finding | None:
    data = run.data
    if run.config.distinct or not data.copies or data.copies < _SHARE * data.validation_digits:
        return None
    saw = (
        f"{data.copies:,} of the {data.validation_digits:,} validation digits "
        f"({100 * data.copies / data.validation_digits:.0f} %) are also among the training digits, pixel by pixel."
    )
    advice = "Leave these copies out of the validation."
    return Finding(saw, advice, {"distinct": True}, 0.0, float(len(run.epochs)))


RULE = HintRule(
    "validation_leaking",
    "The validation knows the answers",
    "Validation is to say how the model does on digits that it has never seen. Digits that it learned from make it "
    "look better than it is, hide overfitting, and let early stopping choose the wrong epoch. Often a data set has the "
    "same picture twice, or two data sets that share digits were mixed.",
    _find,
)
