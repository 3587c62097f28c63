"""Inspect by the keyboard alone: what Tab comes to in which order, and where the keys stay."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.page import show_as_fresh


def tabbed(window, start, stops):
    """The names of what Tab comes to from `start`, each once."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    start.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    while len(reached) < stops:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        name = widget.objectName() or widget.accessibleName()
        if name not in reached[-1:]:
            reached.append(name)
    return reached


def test_tab_comes_to_the_layers_then_to_the_sum_and_leaves_the_table(show):
    page = show("softmax", "layers")
    page.choose(1, (3,))
    window = page.window()
    chain = ["layerMaps0", "layerBars2", "inputMaps", "weightMaps", "productMaps", "softmaxTable", "inspectPages"]
    assert tabbed(window, window.bar, len(chain)) == chain


def test_tab_comes_to_the_formulas_row_by_row_and_leaves_the_table(show, qtbot):
    page = show("softmax", "step")
    qtbot.waitUntil(lambda: bool(page.table.lines), timeout=10_000)
    table, rows = page.table, range(page.table.rowCount())
    chain = [*(table.cellWidget(row, 1).accessibleName() for row in rows), "stepGradients", "inspectPages"]
    assert tabbed(page.window(), table, len(chain)) == chain


def test_the_page_scrolls_to_the_map_that_the_keys_read(show, qtbot):
    page = show("mlp", "weights")
    scroll = page.findChild(ScrollPage)
    for _ in range(100):
        qtbot.keyClick(page.grid, Qt.Key.Key_PageDown)
    assert page.grid.cell[0] == 100
    seen = QRect(page.grid.mapFrom(scroll.viewport(), QPoint(0, 0)), scroll.viewport().size())
    assert seen.contains(page.grid.cell_center(*page.grid.cell))


@pytest.mark.parametrize("card", [False, True])
def test_keys_come_back_to_what_was_dimmed_and_change_nothing_else_meanwhile(show, card):
    page = show("softmax", "pixels")
    page.window().activateWindow()
    assert QTest.qWaitForWindowActive(page.window())
    widget, held = (page.evidence_card, page.sides) if card else (page.maps, page.maps)
    held.setFocus()
    show_as_fresh(widget, False)
    assert QApplication.focusWidget() is None
    show_as_fresh(widget, True)
    assert QApplication.focusWidget() is held
    show_as_fresh(widget, False)
    page.method_box.setFocus()
    show_as_fresh(widget, True)
    assert QApplication.focusWidget() is page.method_box


def test_keys_of_a_formula_that_another_one_took_the_place_of_come_back_to_the_table(show, qtbot):
    page = show("softmax", "step")
    qtbot.waitUntil(lambda: page.steps is not None and page.table.isVisible(), timeout=10_000)
    page.window().activateWindow()
    assert QTest.qWaitForWindowActive(page.window())
    page.table.cellWidget(0, 1).setFocus()
    show_as_fresh(page.table, False)
    page.table.render_anew()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    show_as_fresh(page.table, True)
    assert QApplication.focusWidget() is page.table
