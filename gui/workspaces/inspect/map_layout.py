"""How maps of one size fit into a width."""

from typing import Final

GAP_PX: Final = 8
# A filter of 3×3 weights is looked at as closely as a picture.
_LEAST_MAP_PX: Final = 44
# So high is a single row of cells where the width has room.
_LEAST_HEIGHT_PX: Final = 24


def fit_maps(
    width: int, shape: tuple[int, ...], longest: int, text: int, least: int, largest: int
) -> tuple[int, int, int, int]:
    """As few rows as the smallest scale allows, all about equally long; then as large as there is room.

    Args:
        width: there is, in pixels.
        shape: (maps, height, width) in cells.
        longest: width of the longest name, in pixels.
        text: height of a line of names; 0 without names.
        least: pixels to a cell where there are several rows.
        largest: pixels to a cell where there is much room.

    Returns:
        columns, pixels a cell, width and height of a place.
    """
    count, height, across = shape
    least = max(least, _LEAST_MAP_PX // across)
    largest = max(largest, least, _LEAST_HEIGHT_PX // height)

    def place_width(scale: int) -> int:
        return max(across * scale, min(longest, 2 * across * scale)) + GAP_PX

    fitting = max(1, width // place_width(least))
    rows = -(-count // fitting)
    columns = max(1, -(-count // max(1, rows)))
    scale = max(1, min(least, (width - GAP_PX) // across))
    while scale < largest and columns * place_width(scale + 1) <= width:
        scale += 1
    return columns, scale, place_width(scale), height * scale + text + GAP_PX
