"""Areas and hulls of polygons."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def polygon_area(corners: Points) -> float:
    """Area inside a closed polygon with corners (n, 2): the shoelace formula, |Σ xᵢ·yᵢ₊₁ − xᵢ₊₁·yᵢ| / 2."""
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def convex_hull(points: Points) -> Points:
    """The corners (m, 2) of the convex hull of points (n, 2), counterclockwise; the points must not lie on one line."""
    from scipy.spatial import ConvexHull

    return np.asarray(points[ConvexHull(points).vertices], np.float64)
