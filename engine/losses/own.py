"""Losses of one's own: functions of targets and outputs, and classes that write `call`. Their gradient is recorded."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.activations import softmax
from engine.core.parameters import FloatArray, Shape
from engine.core.tape import GradientTape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError
from engine.losses.base import EPSILON, Loss, as_numbers


class LossByCall(Loss):
    """A loss whose class writes `call(y_true, y_pred)`: one number an example or an output, or one for the batch.

    Arrays are (n, …). Raises `ConfigurationError` when there is no `call`.
    """

    kind: ClassVar[str] = "own_loss"
    task: ClassVar[str] = "values"
    couples_examples = True

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(reduction, name, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 — tensors
        """The losses of targets and outputs; a class of one's own overrides it."""
        raise ConfigurationError(f"The loss {self.name!r} does not say what it computes: write call(y_true, y_pred).")

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Tensor:
        """The loss as Keras computes it: one number, or one an example without reduction."""
        given = y_pred if isinstance(y_pred, Tensor) else as_tensor(np.asarray(y_pred))
        true = as_tensor(np.asarray(y_true))
        losses = self.call(true.astype(given.dtype) if true.dtype.kind == "f" else true, given)
        if sample_weight is not None:
            weights = np.asarray(sample_weight, losses.dtype)
            losses = losses * as_tensor(weights.reshape(weights.shape + (1,) * (losses.ndim - weights.ndim)))
        if self.reduction in (None, "none"):
            return as_tensor(losses)
        return as_tensor(np.sum(losses) if self.reduction == "sum" else np.mean(losses))

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        with GradientTape() as tape:
            given = as_tensor(outputs.copy())
            tape.watch(given)
            losses = self.call(as_tensor(targets), given)
            rows = np.reshape(losses, (len(outputs), -1)).mean(axis=1) if np.ndim(losses) else losses
        # One number for the whole batch is the loss of each example in it.
        number = 1 if np.ndim(losses) else len(outputs)
        gradient = tape.gradient(rows, given)
        slopes = np.zeros_like(outputs) if gradient is None else np.array(gradient, outputs.dtype) * number
        return np.broadcast_to(np.asarray(rows), (len(outputs),)), slopes

    def _align(self, targets: NDArray[Any], outputs: FloatArray) -> NDArray[Any]:
        return targets if targets.dtype.kind != "f" or targets.dtype == outputs.dtype else targets.astype(outputs.dtype)

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Targets (n, …) as they are; a single axis beside outputs (n, 1) becomes a column, as in Keras."""
        given = np.asarray(as_numbers(targets))
        column = given.ndim == 1 and tuple(output_shape) == (1,)
        given = given[:, np.newaxis] if column else given
        return given if given.dtype.kind in "iu" else given.astype(dtype)


class FunctionLoss(LossByCall):
    """A function of targets and outputs as a loss."""

    kind: ClassVar[str] = "function_loss"

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(getattr(function, "__name__", "loss"))
        self.function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 — tensors
        """What the function says."""
        return self.function(y_true, y_pred)


class CategoricalFocalCrossentropy(LossByCall):
    """l = −Σ t·α·(1 − p)^γ·ln p over the classes.

    T.-Y. Lin et al., "Focal loss for dense object detection", 2017.

    Args:
        alpha: α.
        gamma: γ.
        from_logits: whether outputs are logits.
        label_smoothing: how far targets are moved towards equal shares.
        axis: only −1.
    """

    kind: ClassVar[str] = "categorical_focal_crossentropy"

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha, self.gamma, self.from_logits = float(alpha), float(gamma), bool(from_logits)
        self.label_smoothing = float(label_smoothing)

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 — tensors
        """One number an example."""
        smoothing, classes = self.label_smoothing, np.shape(y_pred)[-1]
        true = np.asarray(y_true) * (1 - smoothing) + smoothing / classes
        shares = softmax(y_pred) if self.from_logits else y_pred / np.sum(y_pred, axis=-1, keepdims=True)
        inside = np.clip(shares, EPSILON, 1 - EPSILON)
        return np.sum(-true * self.alpha * (1 - inside) ** self.gamma * np.log(inside), axis=-1)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"alpha": self.alpha, "gamma": self.gamma, "from_logits": self.from_logits}
        return {**own, "label_smoothing": self.label_smoothing, **super().config()}


class Tversky(LossByCall):
    """l = 1 − Σ t·y / (Σ t·y + α·Σ (1 − t)·y + β·Σ t·(1 − y)), all sums over the batch.

    S. S. M. Salehi et al., "Tversky loss function for image segmentation", 2017.

    Args:
        alpha, beta: α and β.
    """

    kind: ClassVar[str] = "tversky"

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha, self.beta = float(alpha), float(beta)

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 — tensors
        """One number for the batch."""
        true = np.asarray(y_true, np.asarray(y_pred).dtype).reshape(np.shape(y_pred))
        both, missed = np.sum(true * y_pred), np.sum(true * (1 - y_pred))
        false = np.sum((1 - true) * y_pred)
        return 1 - both / (both + self.alpha * false + self.beta * missed + EPSILON)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"alpha": self.alpha, "beta": self.beta, **super().config()}


class Dice(Tversky):
    """l = 1 − 2·Σ t·y / (Σ t + Σ y), all sums over the batch.

    L. R. Dice, "Measures of the amount of ecologic association between species", 1945.
    """

    kind: ClassVar[str] = "dice"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(0.5, 0.5, reduction, name, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:  # noqa: ANN401 — tensors
        """One number for the batch."""
        true = np.asarray(y_true, np.asarray(y_pred).dtype).reshape(np.shape(y_pred))
        return 1 - 2 * np.sum(true * y_pred) / (np.sum(true) + np.sum(y_pred) + EPSILON)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return Loss.config(self)
