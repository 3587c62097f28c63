"""Which loss is meant by a name, a class, a function or an object; and every loss as a function."""

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from engine.core.tensor import Tensor
from engine.errors import ConfigurationError
from engine.losses.base import Loss
from engine.losses.registry import FURTHER_LOSSES, LOSSES

# Keras' short names.
SHORT_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
}


_KNOWN = LOSSES | FURTHER_LOSSES


def _as_function(kind: str) -> Callable[..., Tensor]:
    def function(y_true: ArrayLike, y_pred: ArrayLike, *settings: Any, **named: Any) -> Tensor:  # noqa: ANN401
        make: Callable[..., Loss] = _KNOWN[kind]
        return make(*settings, **named, reduction=None)(y_true, y_pred)

    function.__name__ = function.__qualname__ = kind
    function.__doc__ = "The loss of each example, see the loss of this kind, whose settings may follow."
    return function


LOSS_FUNCTIONS: dict[str, Callable[..., Tensor]] = {kind: _as_function(kind) for kind in _KNOWN}

LossLike = str | Loss | type[Loss] | Callable[..., Any]


def make_loss(loss: LossLike) -> Loss:
    """A loss by its name ("binary_crossentropy", "mse", "BinaryCrossentropy", …), class or function; a loss as it is.

    Raises `ConfigurationError` for anything else.
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, type) and issubclass(loss, Loss):
        return loss()
    if isinstance(loss, str):
        kind = SHORT_NAMES.get(loss.lower(), loss)
        if kind not in _KNOWN:
            kind = {made.__name__: key for key, made in _KNOWN.items()}.get(loss, "")
        if kind in _KNOWN:
            return _KNOWN[kind]()
    for kind, function in LOSS_FUNCTIONS.items():
        if function is loss:
            return _KNOWN[kind]()
    if callable(loss):
        # Recorded gradients, which few networks need.
        from engine.losses.own import FunctionLoss

        return FunctionLoss(loss)
    raise ConfigurationError(f"There is no loss {loss!r}; the losses are {', '.join(LOSSES)}.", "loss")
