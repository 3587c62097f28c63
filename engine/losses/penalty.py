"""L1 and L2 penalties: a price on large weights, kept apart from the data loss on every chart."""

import numpy as np

from engine.core.parameters import FloatArray, ParameterStore


class WeightPenalty:
    """l1·Σ|w| + l2·Σw² over the regularized parameters (kernels, not biases), and each parameter's own penalties.

    Gradient: l1·sign(w) + 2·l2·w. L2 is `torch.optim`'s weight_decay of 2·l2 and scikit-learn's alpha/2. Frozen
    parameters count in the value; their gradient is not used.

    Args:
        store: whose parameters are penalized.
        l1, l2: weights of the two sums for every kernel, ≥ 0.
    """

    def __init__(self, store: ParameterStore, l1: float = 0.0, l2: float = 0.0) -> None:
        # Values, gradient and the two weights; views of contiguous memory: reshape(-1) does not copy.
        self._entries: list[tuple[FloatArray, FloatArray, float, float]] = []
        for parameter in store.parameters:
            common = parameter.regularized and parameter.trainable
            entry_l1, entry_l2 = parameter.l1 + l1 * common, parameter.l2 + l2 * common
            if entry_l1 or entry_l2:
                values, gradient = parameter.value.reshape(-1), parameter.gradient.reshape(-1)
                self._entries.append((values, gradient, entry_l1, entry_l2))
        self.acts = bool(self._entries)
        self._scratch = np.empty(max((entry[0].size for entry in self._entries), default=0), store.dtype)

    def value(self) -> float:
        """The penalty at the present weights."""
        total = 0.0
        for values, _, l1, l2 in self._entries:
            if l1:
                total += l1 * float(np.abs(values, out=self._scratch[: values.size]).sum(dtype=np.float64))
            if l2:
                total += l2 * float(np.dot(values, values))
        return total

    def add(self) -> float:
        """Add the penalty's gradient to the store's gradients and return the penalty."""
        if not self.acts:
            return 0.0
        total = self.value()
        for values, gradient, l1, l2 in self._entries:
            scratch = self._scratch[: values.size]
            if l1:
                np.sign(values, out=scratch)
                scratch *= l1
                gradient += scratch
            if l2:
                np.multiply(values, 2 * l2, out=scratch)
                gradient += scratch
        return total
