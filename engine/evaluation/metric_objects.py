"""Metrics as Keras' objects: they gather batches, and say one number for all of them."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.defaults import floatx
from engine.core.initializer_choice import get_initializer
from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError, ShapeError
from engine.layer_support.variables import variable
from engine.losses import LOSS_FUNCTIONS

Array = NDArray[Any]
# One number an example, from targets and outputs.
ExampleMetric = Callable[..., Array]


class Metric:
    """Base class: `update_state` takes a batch, `result` says the number, `reset_state` starts anew.

    Args:
        name: what is printed; None for the class's own.
        dtype: without effect: everything is gathered in float64.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    default_name: ClassVar[str] = "metric"
    # Whether making it forgets all batches; a class of one's own has its arrays only after that.
    begins_empty: ClassVar[bool] = False

    def __init__(self, name: str | None = None, dtype: DTypeLike | None = None, **settings: Any) -> None:  # noqa: ANN401
        self.name = name or self.default_name
        self.variables: list[Any] = []
        if type(self).__init__ is Metric.__init__ or self.begins_empty:
            self.reset_state()

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "zeros",  # noqa: ANN401 — a name, an initializer or a function
        dtype: DTypeLike | None = None,
        name: str | None = None,
    ) -> Any:  # noqa: ANN401 — a `Variable`
        """An array in which a metric of one's own gathers; it takes `assign` and `assign_add`."""
        begin = get_initializer("zeros" if initializer is None else initializer)
        made = variable(np.array(begin(tuple(shape)), dtype or floatx()), name or "variable", self.name)
        self.variables.append(made)
        return made

    add_variable = add_weight

    def __call__(self, *batch: Any, sample_weight: ArrayLike | None = None) -> Tensor:  # noqa: ANN401
        """Take a batch, and say the number so far."""
        given = batch if sample_weight is None else (*batch, sample_weight)
        self.update_state(*given)
        return self.result()

    def reset_state(self) -> None:
        """Forget all batches."""
        for one in self.variables:
            one.assign(np.zeros(one.shape))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Take a batch: targets, outputs (n, …), and weights (n,) or None."""
        raise NotImplementedError

    def result(self) -> Tensor:
        """The number for all batches since the last reset."""
        raise NotImplementedError


class Mean(Metric):
    """The weighted mean of the values that it is given."""

    default_name = "mean"
    begins_empty = True

    def reset_state(self) -> None:
        """Forget all values."""
        self.total = self.count = 0.0

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:  # type: ignore[override]
        """Take values of any shape."""
        array = np.asarray(values, np.float64)
        given = np.asarray(1.0 if sample_weight is None else sample_weight, np.float64)
        weights = np.broadcast_to(given.reshape(given.shape + (1,) * (array.ndim - given.ndim)), array.shape)
        self.total += float((array * weights).sum())
        self.count += float(np.sum(weights))

    def result(self) -> Tensor:
        """The mean; 0 without values."""
        return as_tensor(self.total / self.count if self.count else 0.0)


class Sum(Mean):
    """The weighted sum of the values that it is given."""

    default_name = "sum"

    def result(self) -> Tensor:
        """The sum."""
        return as_tensor(self.total)


class MeanMetricWrapper(Mean):
    """The mean of what a function says of each example.

    Args:
        fn: takes targets and outputs, gives (n,), or one number for the batch.
        name, dtype: as for `Metric`.
        settings: further arguments of the function.
    """

    def __init__(
        self,
        fn: ExampleMetric,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        **settings: Any,  # noqa: ANN401 — the function's
    ) -> None:
        self.fn, self.settings = fn, settings
        super().__init__(name or getattr(fn, "__name__", "mean"), dtype)

    def update_state(  # type: ignore[override]
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Take a batch."""
        values = np.asarray(self.fn(as_tensor(y_true), as_tensor(y_pred), **self.settings))
        super().update_state(values, sample_weight if values.ndim else None)


def accuracy_of(y_true: Array, y_pred: Array) -> Array:
    """Whether both are equal, (n,) or shaped like the outputs.

    Raises:
        ShapeError: targets and outputs do not belong together.
    """
    if y_true.size != y_pred.size:
        raise ShapeError(f"Targets of shape {y_true.shape} do not fit outputs of shape {y_pred.shape}.")
    return np.equal(y_true.reshape(y_pred.shape), y_pred).astype(np.float64)


def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> Tensor:
    """Which outputs are on the right side of the threshold, shaped like the outputs (n, …)."""
    return as_tensor(accuracy_of(np.asarray(y_true), np.asarray(y_pred) > threshold))


def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Tensor:
    """Whether the largest output is where the largest target is, (n,)."""
    return as_tensor((np.argmax(y_true, axis=-1) == np.argmax(y_pred, axis=-1)).astype(np.float64))


def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Tensor:
    """Whether the largest output is that of the true class, (n,); targets are class numbers (n,) or (n, 1)."""
    outputs = np.asarray(y_pred)
    return as_tensor((np.asarray(y_true).reshape(outputs.shape[:-1]) == outputs.argmax(axis=-1)).astype(np.float64))


def sparse_top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Tensor:
    """Whether the true class is among the k largest outputs, (n,)."""
    outputs = np.asarray(y_pred)
    classes = np.asarray(y_true).reshape(len(outputs)).astype(np.intp)
    own = outputs[np.arange(len(outputs)), classes][:, np.newaxis]
    return as_tensor((np.count_nonzero(outputs > own, axis=1) < k).astype(np.float64))


def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Tensor:
    """The same for targets that are rows, (n, K)."""
    return sparse_top_k_categorical_accuracy(np.argmax(y_true, axis=-1), y_pred, k)


class Accuracy(MeanMetricWrapper):
    """How often outputs equal targets."""

    default_name = "accuracy"

    def __init__(self, name: str | None = "accuracy", dtype: DTypeLike | None = None) -> None:
        super().__init__(accuracy_of, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """How often outputs are on the right side of a threshold."""

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: DTypeLike | None = None, threshold: float = 0.5
    ) -> None:
        if not 0 <= threshold <= 1:
            raise ConfigurationError(f"A threshold of probabilities is from 0 to 1, not {threshold!r}.", "threshold")
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest output is where the largest target is."""

    def __init__(self, name: str | None = "categorical_accuracy", dtype: DTypeLike | None = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest output is that of the true class."""

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: DTypeLike | None = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the true class, given by rows, is among the k largest outputs."""

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the true class, given by its number, is among the k largest outputs."""

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)


class RootMeanSquaredError(Mean):
    """√ of the mean of (y − t)²."""

    default_name = "root_mean_squared_error"

    def update_state(  # type: ignore[override]
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Take a batch."""
        super().update_state(np.asarray(LOSS_FUNCTIONS["mean_squared_error"](y_true, y_pred)), sample_weight)

    def result(self) -> Tensor:
        """The root."""
        return as_tensor(np.sqrt(super().result()))


def loss_metric(kind: str, class_name: str) -> type[MeanMetricWrapper]:
    """A loss as a metric: the mean over the examples, with the loss's settings after the name."""
    usual = {"log_cosh": "logcosh"}.get(kind, kind)

    def __init__(
        self: MeanMetricWrapper, name: str | None = usual, dtype: DTypeLike | None = None, **settings: object
    ) -> None:
        function = LOSS_FUNCTIONS[kind]
        if kind == "cosine_similarity":
            # As a metric the cosine itself, as a loss its negative.
            MeanMetricWrapper.__init__(self, lambda t, y, **s: -function(t, y, **s), name, dtype, **settings)
        else:
            MeanMetricWrapper.__init__(self, function, name, dtype, **settings)

    return type(class_name, (MeanMetricWrapper,), {"__init__": __init__, "__doc__": f"The mean of the loss {kind!r}."})


def weights_of(sample_weight: ArrayLike | None, like: FloatArray) -> FloatArray:
    """Weights of the examples spread over all their outputs, shaped like these."""
    if sample_weight is None:
        return np.ones(like.shape)
    weights = np.asarray(sample_weight, np.float64)
    return np.broadcast_to(weights.reshape(-1, *(1,) * (like.ndim - 1)) if weights.ndim else weights, like.shape)
