"""A cross-entropy for classes that are not everything there is: the answer may be none of them."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from engine.core.parameters import FloatArray, Shape
from engine.errors import DataError
from engine.losses.base import Loss, as_numbers
from engine.losses.crossentropy import SparseCategoricalCrossentropy

# The target of an example that is none of the classes.
NONE_OF_THEM = -1


class OpenSetCrossentropy(Loss):
    """One of K classes, or none of them; targets are the numbers 0 … K−1 of the classes, or −1 for none.

    "None" is a further class whose logit is fixed at 0, so that K outputs are enough:

        q = softmax([z, 0]),   l = −ln q_y  with y = −1 for the last,   ∂l/∂z = (q − onehot(y)) without its last entry.

    The probability of being any of the classes is σ(E) with E = ln Σₖ e^{zₖ}, the (negative) energy. Hence a threshold
    on E is a threshold on that probability. See W. Liu and others, Energy-based out-of-distribution detection,
    NeurIPS 2020, and D. Hendrycks and others, Deep anomaly detection with outlier exposure, ICLR 2019.

    Examples of "none" count in the loss, with weight 1 whatever the class weights are; the accuracy and the other
    metrics of classes leave them out.
    """

    kind: ClassVar[str] = "open_set_crossentropy"
    task: ClassVar[str] = "classes"
    from_logits = True

    def _losses_and_gradient(self, outputs: FloatArray, targets: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        count, classes = outputs.shape
        # With a last column of zeros, −1 is the number of "none" as an index counted from the end.
        logits = np.zeros((count, classes + 1), outputs.dtype)
        logits[:, :classes] = outputs
        logits -= logits.max(axis=1, keepdims=True)
        rows = np.arange(count)
        chosen = logits[rows, targets]
        np.exp(logits, out=logits)
        sums = logits.sum(axis=1)
        losses: FloatArray = np.log(sums) - chosen
        logits /= sums[:, None]
        logits[rows, targets] -= 1
        return losses, np.ascontiguousarray(logits[:, :classes])

    def to_predictions(self, outputs: FloatArray) -> FloatArray:
        """Probabilities of the classes, (batch, K), which sum to 1: what belongs to "none" is spread evenly over all.

        pₖ = qₖ + q_none / K: the best guess for whoever has to name a class, and 1/K each for what is none of them.
        """
        classes = outputs.shape[-1]
        top = np.maximum(outputs.max(axis=-1, keepdims=True), 0)
        exponentials = np.exp(outputs - top)
        none = np.exp(-top)
        total = exponentials.sum(axis=-1, keepdims=True) + none
        probabilities: FloatArray = (exponentials + none / classes) / total
        return probabilities

    def prepare_targets(self, targets: ArrayLike, output_shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Class numbers from −1 as an array of integers, shape (n,); (n, 1) is accepted."""
        given = as_numbers(targets)
        if given.size and given.min() < NONE_OF_THEM:
            raise DataError(f"Class numbers have to be at least {NONE_OF_THEM} (none of the classes).")
        # The rest of the checks are the same; "none" stands aside meanwhile.
        numbers = SparseCategoricalCrossentropy().prepare_targets(np.maximum(given, 0), output_shape, dtype)
        numbers[given.reshape(-1) == NONE_OF_THEM] = NONE_OF_THEM
        return numbers

    def _align(self, targets: NDArray[Any], outputs: FloatArray) -> NDArray[Any]:
        return SparseCategoricalCrossentropy()._align(targets, outputs)
