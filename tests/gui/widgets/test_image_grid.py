"""The grid of images: what it paints, and what pointer and keys select."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from gui.widgets.image_grid import ImageGrid


def ramp_images(count):
    images = np.zeros((count, 20, 20), np.float32)
    images[:, 5:15, 5:15] = 1.0
    return images


@pytest.fixture
def grid(qtbot, themes):
    grid = ImageGrid(themes, empty_text="Nothing here.")
    qtbot.addWidget(grid)
    grid.resize(330, 240)
    grid.show()
    grid.set_images(ramp_images(1000), lambda place: f"n {place}")
    return grid


def click(qtbot, grid, place, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, grid.rect_of(place).center())


def test_a_click_selects_ctrl_adds_and_shift_takes_a_range(grid, qtbot):
    changes = []
    grid.selection_changed.connect(lambda: changes.append(grid.selected))
    click(qtbot, grid, 2)
    click(qtbot, grid, 4, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, grid, 7, Qt.KeyboardModifier.ShiftModifier)
    click(qtbot, grid, 5, Qt.KeyboardModifier.ControlModifier)
    assert changes == [(2,), (2, 4), (4, 5, 6, 7), (4, 6, 7)]


def test_keys_move_and_stay_within_the_images(grid, qtbot):
    columns = 330 // grid.rect_of(0).width()
    for key, current in ((Qt.Key.Key_Down, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 999), (Qt.Key.Key_Down, 999)):
        qtbot.keyClick(grid, key)
        assert grid.current == current
        assert grid.viewport().rect().contains(grid.rect_of(current).center())
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert 1 < grid.current <= columns
    assert "n " in grid.accessibleDescription()
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selected) == 1000


def test_double_click_and_enter_activate(grid, qtbot):
    activated = []
    grid.activated.connect(activated.append)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(3).center())
    click(qtbot, grid, 5)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert activated == [3, 5]


def test_digits_and_delete_are_for_the_owner(grid, qtbot):
    told = []
    grid.digit_pressed.connect(told.append)
    grid.delete_pressed.connect(lambda: told.append("delete"))
    # With nothing selected a digit is about something else, such as the drawing.
    qtbot.keyClick(grid, Qt.Key.Key_7)
    assert told == []
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    qtbot.keyClick(grid, Qt.Key.Key_7)
    qtbot.keyClick(grid, Qt.Key.Key_Delete)
    assert told == [7, "delete"]


def test_only_what_can_be_seen_is_asked_for(grid):
    asked = set()

    def caption(place):
        asked.add(place)
        return str(place)

    grid.set_images(ramp_images(70_000), caption)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    grid.grab()
    assert 69_999 in asked
    assert len(asked) < 200


def test_ink_is_painted_in_the_themes_colours(grid, themes):
    for mode in ("light", "dark"):
        themes.set_mode(mode)
        image = grid.viewport().grab().toImage()
        inside, outside = grid.rect_of(0).topLeft() + QPoint(20, 20), grid.rect_of(0).topLeft() + QPoint(5, 5)
        assert image.pixelColor(inside) == QColor(themes.theme.ink)
        assert image.pixelColor(outside) == QColor(themes.theme.canvas)


def test_selecting_from_outside_scrolls_there_and_is_silent(grid):
    told = []
    grid.selection_changed.connect(lambda: told.append(1))
    grid.set_selected([500, 501, 5000], 500)
    assert grid.selected == (500, 501)
    assert grid.viewport().rect().contains(grid.rect_of(500).center())
    assert told == []


def test_images_of_another_shape_are_refused(grid):
    with pytest.raises(ValueError, match="side"):
        grid.set_images(np.zeros((3, 28, 20), np.float32))


def test_images_as_they_came_are_shown_in_another_order(grid):
    images = np.zeros((4, 28, 28), np.uint8)
    images[3] = 255
    grid.set_images(images, str, np.array([3, 0]))
    assert grid.count == 2
    shown = grid.grab().toImage()
    first, second = (shown.pixelColor(grid.rect_of(place).center()).lightness() for place in (0, 1))
    assert abs(first - second) > 100


def test_an_empty_grid_says_what_to_do(grid, qtbot):
    grid.set_images(ramp_images(0))
    assert grid.accessibleDescription() == "Nothing here."
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == -1


def test_parts_of_a_caption_stand_below_each_other(qtbot, themes):
    grid = ImageGrid(themes, lines=3)
    qtbot.addWidget(grid)
    grid.resize(330, 240)
    grid.show()
    grid.set_images(ramp_images(2), lambda place: "7 · loss 2.27 · p(7) 10.4 %" if place == 0 else "7")
    grid.viewport().grab()
    picture = grid.viewport().grab().toImage()
    text, (first, second) = grid.fontMetrics().height(), (grid.rect_of(0), grid.rect_of(1))
    below = first.top() + 40 + 4 + text

    def inked(rect, line):
        rows = range(below + line * text, below + (line + 1) * text - 2)
        seen = {picture.pixelColor(x, y).name() for y in rows for x in range(rect.left(), rect.right())}
        return len(seen) > 1

    assert first.height() >= 40 + 3 * text
    assert [inked(first, line) for line in (0, 1)] == [True, True]
    assert [inked(second, line) for line in (0, 1)] == [False, False]


def test_the_bar_is_in_sight_only_where_there_is_something_to_scroll(grid):
    def shades(bar):
        image = bar.grab().toImage()
        return len({image.pixel(x, y) for x in range(image.width()) for y in range(0, image.height(), 4)})

    assert shades(grid.verticalScrollBar()) > 1
    width = grid.viewport().width()
    grid.set_images(ramp_images(3))
    assert shades(grid.verticalScrollBar()) == 1
    assert grid.viewport().width() == width


def test_images_of_an_earlier_moment_are_dimmed_and_words_are_not(grid):
    crisp = grid.viewport().grab().toImage()
    grid.setEnabled(False)
    assert grid.viewport().grab().toImage() != crisp
    grid.set_images(np.zeros((0, 20, 20), np.float32))
    words = grid.viewport().grab().toImage()
    grid.setEnabled(True)
    assert grid.viewport().grab().toImage() == words
