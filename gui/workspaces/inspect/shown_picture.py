"""The pictures of the tab as they are when their menu is opened: what comes meanwhile changes nothing of the file."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QWidget

from gui.charts.export_menu import Exported
from gui.services.csv_export import Table
from gui.theme.tokens import Theme
from gui.widgets.picture_export import Encode, view_painted
from gui.workspaces.inspect.digit_grid import DigitGrid
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.unit_bars import UnitBars


@dataclass(frozen=True, slots=True, eq=False)
class ShownPicture:
    """Maps or bars in a view of their own.

    Attributes:
        heading: what they are.
        view: paints them, and nobody changes it.
        theme: colors around it.
        numbers: all of them, as exact as they are.
    """

    heading: str
    view: QWidget
    theme: Theme
    numbers: Table

    def picture(self, ending: str) -> Encode:
        """What the view paints."""
        return view_painted(ending, self.view, self.heading, self.theme)

    def table(self) -> Table:
        """The numbers."""
        return self.numbers


def pictures_of(view: QWidget, origin: str, theme: Theme) -> list[tuple[str, Exported]]:
    """What a view shows, with "" or what a part of it is called: all maps, and the one that is read.

    Args:
        view: any part of a page.
        origin: which model it is of, for the head of tables.
        theme: of the window.
    """
    if isinstance(view, DigitGrid):
        return [("", view.sheet(origin, theme))] if view.count else []
    if isinstance(view, UnitBars):
        return [("", _bars(view, origin, theme))] if len(view.values) else []
    if not isinstance(view, MapGrid) or not len(view.values):
        return []
    count = len(view.values)
    if count == 1 or view.cell is None:
        return [("", _maps(view, range(count), view.accessibleName(), origin, theme))]
    place = view.cell[0]
    word = f"map “{name}”" if (name := _name(view, place)) != str(place + 1) else f"map {name}"
    title, _, rest = view.accessibleName().partition(" · ")
    return [
        (
            "both maps" if count == 2 else f"all {count} maps",
            _maps(view, range(count), view.accessibleName(), origin, theme),
        ),
        (
            word,
            _maps(view, range(place, place + 1), " · ".join(filter(None, (f"{title}, {word}", rest))), origin, theme),
        ),
    ]


def _maps(grid: MapGrid, places: range, heading: str, origin: str, theme: Theme) -> ShownPicture:
    copy = grid.copy_of(places)
    count, height, width = copy.values.shape
    names = [_name(grid, place) for place in places]
    parts = [
        (name, np.arange(1, height + 1), *values.T) for name, values in zip(names, copy.values, strict=True)
    ]  # fmt: skip
    shape = f"{count} × {height} × {width} (maps, rows, columns)"
    settings = {"what": heading, "of": origin, "shape": shape}
    columns = ("map", "row", *map(str, range(1, width + 1)))
    return ShownPicture(heading, copy, theme, Table(columns, parts, settings, exact=True))


def _name(grid: MapGrid, place: int) -> str:
    return (grid.names[place] if grid.names else "") or str(place + 1)


def _bars(bars: UnitBars, origin: str, theme: Theme) -> ShownPicture:
    copy, heading = bars.copy(), bars.accessibleName()
    names = copy.names or tuple(str(place + 1) for place in range(len(copy.values)))
    settings = {"what": heading, "of": origin, "shape": f"{len(names)} numbers"}
    return ShownPicture(heading, copy, theme, Table(("name", "value"), [(names, copy.values)], settings, exact=True))
