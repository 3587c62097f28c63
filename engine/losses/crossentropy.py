"""Cross-entropies: how surprised the predicted probabilities are by the true answer.

From logits they never form a probability that could round to 0 or 1 before its logarithm is taken, so that logits of
±1000 (or ±1e30) give the right finite loss. From probabilities (`from_logits=False`) that is lost: the number that
the sigmoid rounded to exactly 1 has no logarithm of its distance to 1 any more. This path shows the trouble; it is
guarded by keeping probabilities within [1e-7, 1 − 1e-7]; the gradient is that of the clipped function: zero outside.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.activations import sigmoid, softmax
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError, DataError, ShapeError
from engine.losses.base import Loss, as_numbers

PROBABILITY_GUARD = 1e-7


class _Crossentropy(Loss):
    """What the cross-entropies share.

    Args:
        from_logits: whether the network's outputs are logits (the stable way) or, as Keras has it by default,
            probabilities.
        label_smoothing: how much of each target is spread evenly over all answers, in [0, 1).
        axis: only the last one here.
        reduction, name, dtype: as for `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not isinstance(label_smoothing, int | float | np.number) or not 0 <= label_smoothing < 1:
            raise ConfigurationError(f"Label smoothing must be at least 0 and less than 1, not {label_smoothing!r}.")
        if axis != -1:
            raise ConfigurationError(f"The classes are on the last axis, not on {axis!r}.", "axis")
        self.from_logits = bool(from_logits)
        self.label_smoothing = label_smoothing

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing, **super().config()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The loss that `config` described; without an entry outputs are logits, as the engine once had it."""
        return cls(**{"from_logits": True, **config})


class BinaryCrossentropy(_Crossentropy):
    """Yes or no, for one output or for several independent labels (multi-label).

    With p = σ(z) and target t:  l = −t·ln p − (1−t)·ln(1−p)  =  max(z, 0) − z·t + ln(1 + e^{−|z|}),
    ∂l/∂z = σ(z) − t. Several labels are averaged, as Keras does: K times the value is the sum over the labels.
    Label smoothing s replaces t by t·(1−s) + s/2.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.2.
    """

    kind: ClassVar[str] = "binary_crossentropy"
    task: ClassVar[str] = "labels"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        if self.label_smoothing:
            targets = targets * (1 - self.label_smoothing) + self.label_smoothing / 2
        if self.from_logits:
            small = np.exp(-np.abs(outputs))
            losses = np.maximum(outputs, 0) - outputs * targets + np.log1p(small)
            gradient = np.where(outputs >= 0, outputs.dtype.type(1), small) / (1 + small) - targets
        else:
            clipped = np.clip(outputs, PROBABILITY_GUARD, 1 - PROBABILITY_GUARD)
            losses = -targets * np.log(clipped) - (1 - targets) * np.log1p(-clipped)
            gradient = (clipped - targets) / (clipped * (1 - clipped))
            gradient[clipped != outputs] = 0
        axes = tuple(range(1, outputs.ndim))
        count = int(np.prod(outputs.shape[1:]))
        if count == 1:
            return losses.reshape(len(outputs)), gradient
        gradient /= count
        return losses.mean(axis=axes, dtype=np.float64), gradient

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """Probabilities that each label is true, shaped like the outputs."""
        return sigmoid(outputs) if self.from_logits else outputs

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Numbers from 0 (false) to 1 (true), shaped like the outputs; (n,) is accepted for (n, 1)."""
        array = super().prepare_targets(targets, output_shape, dtype)
        if array.size and (array.min() < 0 or array.max() > 1):
            raise DataError("Targets of binary cross-entropy have to be between 0 (false) and 1 (true).")
        return array


class CategoricalCrossentropy(_Crossentropy):
    """One of K classes; targets are rows of K probabilities (usually one 1).

    With p = softmax(z):  l = −Σₖ tₖ·ln pₖ  =  Σₖ tₖ·(ln Σⱼ e^{zⱼ−m} − (zₖ−m)),  m = max z;  ∂l/∂z = (Σₖ tₖ)·p − t.
    Label smoothing s replaces t by t·(1−s) + s/K.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
    """

    kind: ClassVar[str] = "categorical_crossentropy"
    task: ClassVar[str] = "classes"

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        if self.label_smoothing:
            targets = targets * (1 - self.label_smoothing) + self.label_smoothing / outputs.shape[-1]
        return _dense_crossentropy(outputs, targets, self.from_logits)

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """Probabilities of the classes, (batch, K)."""
        return softmax(outputs) if self.from_logits else outputs

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Rows of probabilities, (n, K)."""
        _require_classes(self.kind, output_shape)
        if np.ndim(targets) == 1:
            raise ShapeError(
                "Categorical cross-entropy expects a row of class probabilities for each example; "
                "use SparseCategoricalCrossentropy for class numbers."
            )
        array = super().prepare_targets(targets, output_shape, dtype)
        if array.size and (array.min() < 0 or array.max() > 1):
            raise DataError("Targets of categorical cross-entropy have to be probabilities between 0 and 1.")
        return array


class SparseCategoricalCrossentropy(_Crossentropy):
    """One of K classes; targets are the numbers 0 … K−1 of the classes.

    l = −ln pᵧ  =  ln Σⱼ e^{zⱼ−m} − (zᵧ−m),  m = max z;  ∂l/∂z = p − onehot(y).

    `ignore_class` is only None here.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
    """

    kind: ClassVar[str] = "sparse_categorical_crossentropy"
    task: ClassVar[str] = "classes"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        *,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)
        if ignore_class is not None:
            raise ConfigurationError("No class is ignored here: leave its examples out.", "ignore_class")

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        count, classes = outputs.shape
        if self.label_smoothing or not self.from_logits:
            dense = np.full(outputs.shape, self.label_smoothing / classes, outputs.dtype)
            dense[np.arange(count), targets] += 1 - self.label_smoothing
            return _dense_crossentropy(outputs, dense, self.from_logits)
        # The usual case, in every training step. Classes go along the first axis, examples along the second: sums and
        # maxima over ten classes are then ten operations on long rows, twice as fast as many on short ones.
        table = np.subtract(outputs.T, np.maximum.reduce(outputs.T, axis=0), order="C")
        flat = table.reshape(-1)
        true_places = targets * count + np.arange(count)
        chosen = flat.take(true_places)
        np.exp(table, out=table)
        sums = np.add.reduce(table, axis=0)
        losses = np.log(sums)
        losses -= chosen
        table /= sums
        flat[true_places] -= 1
        return losses, table.T

    def _align(self, targets: NDArray[Any], outputs: FloatArray) -> NDArray[Any]:
        if targets.ndim != 1:
            targets = targets.reshape(-1)
        if len(targets) != len(outputs) or outputs.ndim != 2:
            raise ShapeError(
                f"The loss {self.kind!r} got outputs of shape {outputs.shape} and {len(targets)} class numbers."
            )
        # Bytes, as MNIST's labels are, would overflow where they become places in a table.
        return targets.astype(np.intp, copy=False)

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """Probabilities of the classes, (batch, K)."""
        return softmax(outputs) if self.from_logits else outputs

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Class numbers as an array of integers, shape (n,); (n, 1) is accepted."""
        classes = _require_classes(self.kind, output_shape)
        given = as_numbers(targets)
        if given.ndim != 1 and given.shape != (len(given) if given.ndim else 0, 1):
            raise ShapeError(
                f"Sparse categorical cross-entropy expects one class number for each example, not targets of shape "
                f"{given.shape}; use CategoricalCrossentropy for rows of probabilities."
            )
        given = given.reshape(-1)
        numbers: NDArray[Any] = given.astype(np.intp)
        if given.dtype.kind == "f" and not np.array_equal(numbers, given):
            raise DataError("Class numbers have to be whole numbers.")
        if numbers.size and (numbers.min() < 0 or numbers.max() >= classes):
            raise DataError(
                f"Class numbers have to be from 0 to {classes - 1}, the data has {numbers.min()} to {numbers.max()}."
            )
        return numbers


def _require_classes(kind: str, output_shape: Shape) -> int:
    if len(output_shape) != 1:
        raise ShapeError(f"The loss {kind!r} needs a network that gives one row of classes, not {tuple(output_shape)}.")
    return output_shape[0]


def _dense_crossentropy(outputs: FloatArray, targets: NDArray[Any], from_logits: bool) -> tuple[FloatArray, FloatArray]:
    """Cross-entropy of rows of probabilities; see `CategoricalCrossentropy`."""
    if not from_logits:
        # As Keras does: rows are divided by their sums, then kept within the guard.
        sums = outputs.sum(axis=-1, keepdims=True)
        sums[sums == 0] = 1
        shares = outputs / sums
        clipped = np.clip(shares, PROBABILITY_GUARD, 1 - PROBABILITY_GUARD)
        slopes = np.where(clipped == shares, -targets / clipped, outputs.dtype.type(0))
        losses: FloatArray = -(targets * np.log(clipped)).sum(axis=-1)
        return losses, (slopes - (slopes * shares).sum(axis=-1, keepdims=True)) / sums
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=-1, keepdims=True)
    mass = targets.sum(axis=-1, keepdims=True)
    losses = (targets * (np.log(sums) - shifted)).sum(axis=-1)
    return losses, mass * exponentials / sums - targets
