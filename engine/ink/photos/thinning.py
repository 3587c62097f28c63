"""Thinning: the skeleton of a shape, one pixel wide."""

import numpy as np
from numpy.typing import NDArray


def thinned(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The skeleton of the ink, one pixel wide, with the same pieces and holes.

    T. Y. Zhang and C. Y. Suen, A fast parallel algorithm for thinning digital patterns, CACM 27(3), 1984.

    Args:
        ink: (height, width), true where there is ink.

    Returns:
        (height, width), true on the skeleton.
    """
    pixels = np.pad(ink, 1).astype(np.uint8)
    inner = pixels[1:-1, 1:-1]
    # Clockwise from the pixel above: P2 … P9 of the paper. Views, so they follow the changes.
    around = [
        pixels[:-2, 1:-1],
        pixels[:-2, 2:],
        pixels[1:-1, 2:],
        pixels[2:, 2:],
        pixels[2:, 1:-1],
        pixels[2:, :-2],
        pixels[1:-1, :-2],
        pixels[:-2, :-2],
    ]
    above, right, below, left = around[0], around[2], around[4], around[6]
    changed = True
    while changed:
        changed = False
        for conditions in (
            ((above, right, below), (right, below, left)),
            ((above, right, left), (above, below, left)),
        ):
            count = sum(neighbour for neighbour in around)
            starts = sum((1 - around[i]) & around[(i + 1) % 8] for i in range(8))
            removable = (inner == 1) & (count >= 2) & (count <= 6) & (starts == 1)
            for first, second, third in conditions:
                removable &= (first & second & third) == 0
            if removable.any():
                inner[removable] = 0
                changed = True
    return inner.astype(bool)
