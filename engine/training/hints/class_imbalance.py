"""Classes of very different size."""

from engine.training.hints.observations import Observations
from engine.training.hints.rule import Finding, HintRule

_RATIO = 5.0


def _find(run: Observations) -> Finding | None:
    counts = run.data.class_counts
    present = [count for count in counts if count]
    if not run.classifies or run.config.balance or len(present) < 2 or max(present) < _RATIO * min(present):
        return None
    largest, smallest = max(present), min(present)
    share = 100 * largest / sum(counts)
    saw = (
        f"The most frequent class has {largest:,} training digits ({share:.0f} %), the rarest {smallest:,}: "
        f"{largest / smallest:.0f} times as many."
    )
    advice = "Balance the classes: each counts the same in the loss, however many digits it has."
    return Finding(saw, advice, {"balance": True}, 0.0, float(len(run.epochs)))


RULE = HintRule(
    "class_imbalance",
    "The classes are of very different size",
    "The loss is a mean over digits, so a rare class hardly counts: answering with the frequent one is cheap, and the "
    "accuracy, a mean over digits as well, does not show it. Look at the rare class in the confusion matrix.",
    _find,
)
