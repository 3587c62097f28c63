"""Max-pooling over blocks: member q of every pooling window lies in block q of one array.

A window's members are then whole arrays that `np.maximum` compares, and everything after the maximum (bias, ReLU)
runs on 1/members of the data. ReLU and adding a bias are monotonic, so they may follow the maximum:
max(relu(a + b), relu(c + b)) = relu(max(a, c) + b), and the gradient goes to the same member.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray

BoolArray = NDArray[np.bool_]


def pool_blocks(members: FloatArray, pooled: FloatArray, winners: BoolArray | None, scratch: BoolArray | None) -> None:
    """The largest member of each window, and who it was.

    Args:
        members: (members, windows, channels).
        pooled: (windows, channels), receives the maxima.
        winners: (members, windows, channels), receives True at the first of a window's largest members; None
            when nobody will ask.
        scratch: (windows, channels), needed with `winners`.
    """
    if winners is None or scratch is None:
        np.maximum.reduce(members, axis=0, out=pooled)
        return
    # Going up: is this member larger than all before it?
    np.greater(members[1], members[0], out=winners[1])
    np.maximum(members[0], members[1], out=pooled)
    for number in range(2, len(members)):
        np.greater(members[number], pooled, out=winners[number])
        np.maximum(pooled, members[number], out=pooled)
    # Going down: and did none after it beat it? For truth values, `greater` is "and not", `less_equal` is "implies".
    beaten = winners[-1]
    for number in range(len(members) - 2, 0, -1):
        np.greater(winners[number], beaten, out=winners[number])
        beaten = np.logical_or(winners[number], beaten, out=scratch)
    np.logical_not(beaten, out=winners[0])
