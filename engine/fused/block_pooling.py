"""Max-pooling over blocks: element q of every pooling window lies in block q of one array.

A window's elements are then whole arrays that `np.maximum` compares, and everything after the maximum (bias, ReLU)
runs on 1/elements of the data. ReLU and adding a bias are monotonic, so they may follow the maximum:
max(relu(a + b), relu(c + b)) = relu(max(a, c) + b), and the gradient goes to the same element.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray

BoolArray = NDArray[np.bool_]


def pool_blocks(elements: FloatArray, pooled: FloatArray, winners: BoolArray | None, scratch: BoolArray | None) -> None:
    """The largest element of each window, and who it was.

    Args:
        elements: (elements, windows, channels).
        pooled: (windows, channels), receives the maxima.
        winners: (elements, windows, channels), receives True at the first of a window's largest elements; None
            when nobody will ask.
        scratch: (windows, channels), needed with `winners`.
    """
    if winners is None or scratch is None:
        np.maximum.reduce(elements, axis=0, out=pooled)
        return
    # Going up: is this element larger than all before it?
    np.greater(elements[1], elements[0], out=winners[1])
    np.maximum(elements[0], elements[1], out=pooled)
    for number in range(2, len(elements)):
        np.greater(elements[number], pooled, out=winners[number])
        np.maximum(pooled, elements[number], out=pooled)
    # Going down: and did none after it beat it? For truth values, `greater` is "and not", `less_equal` is "implies".
    beaten = winners[-1]
    for number in range(len(elements) - 2, 0, -1):
        np.greater(winners[number], beaten, out=winners[number])
        beaten = np.logical_or(winners[number], beaten, out=scratch)
    np.logical_not(beaten, out=winners[0])
