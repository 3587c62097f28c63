"""L1 and L2 penalties: a price on large weights, kept apart from the data loss on every chart."""

import numpy as np

from engine.core.parameters import ParameterStore


class WeightPenalty:
    """l1·Σ|w| + l2·Σw² over the regularized parameters (kernels, not biases).

    Gradient: l1·sign(w) + 2·l2·w. L2 is `torch.optim`'s weight_decay of 2·l2 and scikit-learn's alpha/2.

    Args:
        store: whose parameters are penalized.
        l1, l2: weights of the two sums, ≥ 0.
    """

    def __init__(self, store: ParameterStore, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = l1, l2
        self.acts = bool(l1 or l2)
        chosen = [parameter for parameter in store.parameters if parameter.trainable and parameter.regularized]
        # Views of contiguous memory: reshape(-1) does not copy.
        self._pairs = [(parameter.value.reshape(-1), parameter.gradient.reshape(-1)) for parameter in chosen]
        largest = max((value.size for value, _ in self._pairs), default=0)
        self._scratch = np.empty(largest if l1 or l2 else 0, store.dtype)

    def value(self) -> float:
        """The penalty at the present weights."""
        total = 0.0
        for value, _ in self._pairs:
            if self.l1:
                total += self.l1 * float(np.abs(value, out=self._scratch[: value.size]).sum(dtype=np.float64))
            if self.l2:
                total += self.l2 * float(np.dot(value, value))
        return total

    def add(self) -> float:
        """Add the penalty's gradient to the store's gradients and return the penalty."""
        if not self.acts:
            return 0.0
        total = self.value()
        for value, gradient in self._pairs:
            scratch = self._scratch[: value.size]
            if self.l1:
                np.sign(value, out=scratch)
                scratch *= self.l1
                gradient += scratch
            if self.l2:
                np.multiply(value, 2 * self.l2, out=scratch)
                gradient += scratch
        return total
