"""What every loss is: one number that says how wrong the outputs are, and its slope.

A loss returns value and gradient *together*, because they share almost all of the work, and it owns the map from
outputs to predictions, so that no sigmoid or softmax can be paired with the wrong loss.
"""

from collections.abc import Mapping
from inspect import signature
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import Tensor, as_tensor, remember
from engine.errors import ConfigurationError, DataError, ShapeError

# Keras' small number, which keeps quotients and logarithms finite.
EPSILON = 1e-7
_REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Loss:
    """Base class of all losses.

    The value of a batch is `Σᵢ wᵢ·lᵢ / N`: lᵢ is the loss of example i (for several outputs: their mean), wᵢ its weight
    (1 unless given) and N the number of examples. A loss keeps no state, so that threads may share it.

    Attributes:
        kind: name in the registry and in model files.
        task: "classes" (one of several), "labels" (each output true or false) or "values" (numbers).
        from_logits: whether outputs are logits, which `to_predictions` turns into probabilities.

    Args:
        reduction: "sum_over_batch_size" (also "mean") divides the sum by N, "sum" does not, None and "none" keep the
            examples apart; only for calls like `loss(targets, outputs)`, not for training.
        name: what is printed; None for the kind.
        dtype: float type of the result; None for that of the outputs.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    kind: ClassVar[str]
    task: ClassVar[str]
    from_logits: bool = False
    # Whether targets and outputs may change places.
    symmetric: ClassVar[bool] = False
    # Whether one example's loss depends on the others of its batch, which is then never cut.
    couples_examples: ClassVar[bool] = False

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        if reduction not in _REDUCTIONS:
            names = ", ".join(repr(known) for known in _REDUCTIONS)
            raise ConfigurationError(f"There is no reduction {reduction!r}; there are {names}.", "reduction")
        self.reduction = reduction
        self.name = name or self.kind
        self.dtype = None if dtype is None else np.dtype(dtype)

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Tensor:
        """The loss of these outputs as Keras computes it: one number, or one an example without reduction.

        Args:
            y_true: targets.
            y_pred: outputs, (n, outputs); one axis alone is one example.
            sample_weight: (n,), or a number.
        """
        outputs = np.asarray(y_pred)
        outputs = np.array(outputs, outputs.dtype if outputs.dtype.kind == "f" else np.float32)
        targets = as_numbers(y_true)
        alone = outputs.ndim < 2
        if alone:
            outputs, targets = outputs.reshape(1, -1), targets.reshape(1, -1)
        rows = outputs.shape[:-1]
        flat = outputs.reshape(-1, outputs.shape[-1])
        if targets.ndim == outputs.ndim and targets.shape[:-1] == rows:
            targets = targets.reshape(len(flat), -1)
        elif targets.size == len(flat):
            targets = targets.reshape(-1)
        losses, slopes = self._losses_and_gradient(flat, self._align(targets, flat))
        losses, factor = np.asarray(losses, outputs.dtype), np.ones(len(losses), outputs.dtype)
        if sample_weight is not None:
            weights = np.asarray(sample_weight, losses.dtype)
            factor *= weights.reshape(-1) if weights.ndim else weights
            losses = losses * factor
        if self.reduction in (None, "none"):
            result = losses[0] if alone else losses.reshape(rows)
        elif self.reduction == "sum":
            result = losses.sum()
        else:
            whole = self.reduction == "mean_with_sample_weight" and sample_weight is not None
            number = factor.sum() if whole else len(losses)
            result, factor = losses.sum() / number, factor / number
        answer = as_tensor(np.asarray(result, outputs.dtype if self.dtype is None else self.dtype))

        def pull(gradient: Any) -> Any:  # noqa: ANN401 — shaped like the answer
            rows_gradient = np.broadcast_to(np.reshape(gradient, -1), factor.shape) * factor
            return (slopes * rows_gradient.reshape(-1, *(1,) * (slopes.ndim - 1))).reshape(np.shape(y_pred))

        pairs = [(y_pred, pull)]
        if self.symmetric and np.shape(y_true) == np.shape(y_pred):
            pairs.append((y_true, lambda gradient: -pull(gradient)))
        return remember(answer, pairs)

    def value_and_gradient(
        self,
        outputs: FloatArray,
        targets: NDArray[Any],
        *,
        sample_weights: FloatArray | None = None,
        normalizer: float | None = None,
    ) -> tuple[float, FloatArray]:
        """The batch's loss and its gradient at the outputs.

        Args:
            outputs: (batch, outputs), what the network's last layer gave.
            targets: as `prepare_targets` returns them.
            sample_weights: (batch,), or None for 1 each.
            normalizer: what to divide the sum by, so that parts of a batch add up; None for the number of rows.

        Returns:
            the value, summed in float64, and the gradient with the shape and dtype of the outputs.
        """
        aligned = self._align(targets, outputs)
        losses, gradient = self._losses_and_gradient(outputs, aligned)
        scale = 1.0
        if self.reduction != "sum":
            scale /= normalizer if normalizer is not None else max(1, len(outputs))
        if sample_weights is None:
            # A sum in float64 is exact enough for any batch, and does not overflow where float32 would.
            total = float(np.add.reduce(losses, dtype=np.float64))
            gradient *= scale
        else:
            total = float(np.dot(losses.astype(np.float64), sample_weights))
            weights = np.asarray(sample_weights * scale, gradient.dtype)
            gradient *= weights.reshape((-1,) + (1,) * (gradient.ndim - 1))
        return total * scale, gradient

    def each(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        """The losses (batch,) of the examples, and their gradients, shaped like the outputs (batch, …)."""
        return self._losses_and_gradient(outputs, self._align(targets, outputs))

    def value(self, outputs: FloatArray, targets: NDArray[Any], sample_weights: FloatArray | None = None) -> float:
        """The mean loss alone."""
        return self.value_and_gradient(outputs, targets, sample_weights=sample_weights)[0]

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        """The losses of the examples, shape (batch,), and their gradients: a new array like the outputs."""
        raise NotImplementedError

    def _align(self, targets: NDArray[Any], outputs: FloatArray) -> NDArray[Any]:
        """Targets in the shape and dtype of the outputs, never broadcast: (n,) beside (n, 1) must not become (n, n)."""
        if targets.shape != outputs.shape:
            if targets.size != outputs.size or len(targets) != len(outputs):
                raise ShapeError(
                    f"The loss {self.kind!r} got outputs of shape {outputs.shape} and targets of shape {targets.shape}."
                )
            targets = targets.reshape(outputs.shape)
        return targets if targets.dtype == outputs.dtype else targets.astype(outputs.dtype)

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """What the outputs mean: probabilities for classification, the values themselves otherwise."""
        return outputs

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Targets as the loss computes with them, for a network with this output shape (without the batch axis).

        Raises:
            ShapeError: the shape does not fit the outputs.
            DataError: values that cannot be meant: not finite, or labels out of range.
        """
        given = as_numbers(targets)
        array = np.ascontiguousarray(given, np.dtype(dtype))
        expected = (len(given) if given.ndim else 1, *output_shape)
        if array.shape != expected:
            if array.size != int(np.prod(expected)) or array.ndim > len(expected):
                raise ShapeError(
                    f"Targets of shape {array.shape} do not fit the network's outputs: "
                    f"the loss {self.kind!r} expects {('n', *output_shape)}."
                )
            array = array.reshape(expected)
        if not np.isfinite(array).all():
            raise DataError("The targets contain values that are not finite numbers.")
        return array

    def config(self) -> dict[str, Any]:
        """The constructor's arguments as plain JSON values, without `kind`; the usual reduction is left out."""
        return {} if self.reduction == "sum_over_batch_size" else {"reduction": self.reduction}

    def get_config(self) -> dict[str, Any]:
        """All settings, as Keras tells them."""
        told = {"name": self.name, "reduction": self.reduction, **self.config()}
        return told | ({"from_logits": self.from_logits} if "from_logits" in signature(type(self)).parameters else {})

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The loss that `config` described."""
        return cls(**config)


def mean_of_outputs(values: FloatArray) -> FloatArray:
    """(batch, …) → (batch,), in float64: the square of 1e30 has no place in float32."""
    result: FloatArray = values.reshape(len(values), -1).mean(axis=1)
    return result


def outputs_per_example(outputs: FloatArray) -> int:
    """How many outputs an example of (batch, …) has."""
    return max(1, int(np.prod(outputs.shape[1:])))


def as_numbers(targets: ArrayLike) -> NDArray[Any]:
    """Targets of any shape as an array of numbers; anything else raises `DataError`."""
    try:
        array = np.asarray(targets)
    except ValueError:
        raise DataError("The targets are no array: they differ in length.") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"Targets have to be numbers, not {array.dtype}.")
    return array
