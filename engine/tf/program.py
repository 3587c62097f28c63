"""What a TensorFlow program sets for itself: here mostly without effect."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from engine.core.tape import GradientTape


def function(func: Callable[..., Any] | None = None, **settings: Any) -> Any:
    """The function itself: nothing is compiled."""
    return func if func is not None else (lambda own: own)


def get_logger() -> logging.Logger:
    """The logger that notebooks silence."""
    return logging.getLogger("tensorflow")


def _without_effect(*given: Any, **settings: Any) -> None:
    """Here for TensorFlow's sake."""


autograph = SimpleNamespace(set_verbosity=_without_effect)
config = SimpleNamespace(
    list_physical_devices=lambda kind=None: [],
    run_functions_eagerly=_without_effect,
    experimental=SimpleNamespace(set_memory_growth=_without_effect, enable_op_determinism=_without_effect),
)
compat = SimpleNamespace(v1=SimpleNamespace(logging=SimpleNamespace(set_verbosity=_without_effect, ERROR=40)))

__all__ = ["GradientTape", "autograph", "compat", "config", "function", "get_logger"]
