"""`Tensor`: an array that also answers to Keras' `.numpy()`."""

from typing import Any

import numpy as np


class Tensor(np.ndarray[Any, np.dtype[Any]]):
    """A NumPy array with the one method that notebooks call on results of Keras."""

    def numpy(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The same numbers as a plain array, without a copy."""
        return self.view(np.ndarray)


def as_tensor(values: Any) -> Tensor:  # noqa: ANN401 — whatever NumPy takes
    """The values as a `Tensor`; an array is not copied."""
    return np.asarray(values).view(Tensor)
