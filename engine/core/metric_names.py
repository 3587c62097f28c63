"""Metrics of an epoch that are watched by name, such as "val_accuracy": what they are of, and which way is better."""

from engine.errors import ConfigurationError

# Metrics that are better when they are higher; all others are better when they are lower.
_HIGHER_IS_BETTER = ("acc", "auc", "precision", "recall", "f1", "fbeta", "r2", "cosine", "exact_match", "true_")
_MODES = ("auto", "min", "max")


def metric_name(monitor: str) -> str:
    """What is watched, whether of the training or of the validation."""
    return monitor.removeprefix("val_")


def higher_is_better(monitor: str, mode: str = "auto") -> bool:
    """Whether more is better: by the mode "min" or "max", or by the name for "auto".

    Raises:
        ConfigurationError: there is no such mode.
    """
    if mode not in _MODES:
        raise ConfigurationError(f'The mode is "auto", "min" or "max", not {mode!r}.', "mode")
    name = metric_name(monitor).lower()
    known = name.startswith(_HIGHER_IS_BETTER) or "accuracy" in name or name.endswith("_f1")
    return mode == "max" or (mode == "auto" and known)
