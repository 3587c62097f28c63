"""How the page of one step lays out many numbers: ten of a row, and long vectors of weights."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.workspaces.inspect.number_grid import aligned
from gui.workspaces.inspect.parameter_maps import as_maps, place_in


def ready(qtbot, page):
    qtbot.waitUntil(lambda: bool(page.table.lines) and not page.tasks.busy, timeout=10_000)


def test_a_long_vector_is_laid_out_in_rows_and_each_place_is_told(show, qtbot):
    page = show("angle", "step")
    ready(qtbot, page)
    grid = page.gradients
    assert page.steps.network.layers[page.weight.layer].parameters[0].value.shape == (128, 1)
    assert grid.values.shape == (1, 8, 16)
    at, none = QPointF(grid.cell_center(0, 3, 5)), Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, grid.mapToGlobal(at), none, none, Qt.KeyboardModifier(0))
    QApplication.sendEvent(grid, move)
    place = 3 * 16 + 5
    slopes = page.steps.records[-1].gradients[page.weight.index - page.weight.place[0] :]
    told = f"dense_1 kernel [{place + 1}, 1]: {slopes[place]:.5g}".replace("-", "−")
    assert page.picture_card.subtitle == told
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_center(0, 3, 5))
    assert page.choice.weight[2] == (place, 0)


def test_ten_numbers_stand_in_columns_that_fit_and_are_told_whole(show, qtbot):
    page = show("softmax", "step")
    ready(qtbot, page)
    table, grid = page.table, page.table.itemDelegateForColumn(2)
    for width, key in itertools.product((640, 900), ("z", "p", "dz")):
        page.window().resize(width, 700)
        row, line = table.row_of(key), table.lines[table.row_of(key)]
        columns, names, numbers, pitch = grid.columns(row, line.cells)
        assert columns == 5, "two rows of five"
        room = table.columnWidth(2) + table.columnWidth(3)
        assert names + numbers < pitch <= room // columns
        assert table.rowHeight(row) < 4.5 * table.fontMetrics().height()
        assert table.item(row, 2).toolTip().count("\n") == 9
    assert not table.grab().isNull()


@pytest.mark.parametrize(
    ("values", "texts", "power"),
    [
        ((-1.046, 6.987, -0.004), ["−1.05", "6.99", "0.00"], ""),
        ((0.93534, 1.9e-6), ["0.935", "0.000"], ""),
        ((-2.2078e-5, 4.5e-9), ["−2.21", "0.00"], "× 10⁻⁵"),
        ((123456.0, float("nan")), ["1.23", "nan"], "× 10⁵"),
        ((412.81, 0.0), ["412.8", "0.0"], ""),
        ((0.0, 0.0), ["0.00", "0.00"], ""),
    ],
)
def test_numbers_are_aligned_by_the_largest(values, texts, power):
    assert aligned(np.array(values)) == (texts, power)


@pytest.mark.parametrize("shape", [(400, 10), (128, 10), (3, 3, 2, 5), (7,), (128, 1), (37,), (1, 40)])
def test_pictures_of_parameters_find_their_places_again(shape):
    numbers = as_maps(np.arange(int(np.prod(shape))).reshape(shape))
    for cell in ((0, 0, 0), tuple(size - 1 for size in numbers.shape)):
        place = place_in(shape, cell)
        assert place is None if np.isnan(numbers[cell]) else np.ravel_multi_index(place, shape) == numbers[cell]


def test_the_links_of_a_selected_row_can_be_read(show, qtbot, themes):
    page = show("softmax", "step")
    ready(qtbot, page)
    table = page.table
    row = table.row_of("dz")
    table.selectRow(row)
    picture, cell = table.viewport().grab().toImage(), table.visualRect(table.model().index(row, 1))
    assert picture.pixelColor(cell.topLeft() + QPoint(3, 3)) == themes.theme.color("surface")
    assert picture.pixelColor(cell.topLeft() - QPoint(3, -3)) == themes.theme.color("accent")
