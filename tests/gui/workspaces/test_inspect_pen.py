"""What the pages of Inspect leave undone while the pen moves."""

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from gui.lab.drawing_document import OpenedImage
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect import map_grid
from gui.workspaces.inspect.map_colors import map_image

DIGITS, _ = few_digits()


class Layouts(QObject):
    """Counts how often a widget is asked to lay out anew what is in it."""

    count = 0

    def eventFilter(self, _watched, event):
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def draw(page, lab, place):
    """Another drawing, or with None a blank canvas, until it is painted."""
    if place is None:
        lab.drawing.clear()
    else:
        lab.drawing.set_image(OpenedImage(np.full((40, 40, 4), 255, np.uint8), DIGITS.images[place].copy(), ""))
    lab.prediction.predict_now()
    page.window().refresh_now()
    QCoreApplication.processEvents()


@pytest.mark.parametrize("key", ["layers", "weights"])
def test_no_drawing_lays_the_page_out_anew(show, few_lab, key):
    page = show("cnn", key)
    # What many digits say of a unit comes when it comes.
    page.tasks.shut_down()
    for place in (2, 3, 4):
        draw(page, few_lab, place)
    inner = page.findChild(ScrollPage).widget()
    layouts, size = Layouts(), inner.size()
    inner.installEventFilter(layouts)
    for place in (5, None, 6, None, 7):
        draw(page, few_lab, place)
    # A chart that is drawn for the first time may ask once.
    assert layouts.count <= 1
    assert inner.size() == size


def test_maps_become_pictures_when_they_are_seen(show, few_lab, monkeypatch):
    made = []
    monkeypatch.setattr(map_grid, "map_image", lambda *values: made.append(values[0]) or map_image(*values))
    page = show("cnn", "layers")
    page.window().resize(900, 400)
    draw(page, few_lab, 3)
    made.clear()
    draw(page, few_lab, 4)
    grids = [view for _, view in page.rows if isinstance(view, map_grid.MapGrid)]
    assert 0 < len(made) < len(grids)
    for grid in grids:
        page.findChild(ScrollPage).ensureWidgetVisible(grid)
        QCoreApplication.processEvents()
    assert sorted(map(id, made)) == sorted(id(grid.values) for grid in grids)


def test_no_table_of_a_step_is_filled_in_the_middle_of_the_first_stroke(show, few_lab):
    page = show("softmax", "step", drawing=None)
    few_lab.drawing.begin_stroke()
    for x in (0.3, 0.5, 0.7):
        few_lab.drawing.add_point(x, 0.5)
    few_lab.prediction.predict_now()
    page.window().refresh_now()
    assert few_lab.prediction.newest.features is not None
    assert not page.tasks.busy
