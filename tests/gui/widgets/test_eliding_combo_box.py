import pytest
from PySide6.QtGui import QFontMetrics

from gui.widgets.eliding_combo_box import ElidingComboBox, elide_title

TITLE = "Convolutional network · 14:02 · 96.9 %"


def test_the_name_gives_way_before_time_and_accuracy(qapp):
    metrics = QFontMetrics(qapp.font())
    width = metrics.horizontalAdvance
    assert elide_title(TITLE, metrics, width(TITLE)) == TITLE
    shorter = elide_title(TITLE, metrics, width(TITLE) - 40)
    assert shorter.startswith("Conv")
    assert shorter.endswith("… · 14:02 · 96.9 %")
    assert elide_title(TITLE, metrics, width("Conv… · 14:02") + 2).endswith("… · 14:02")
    assert elide_title(TITLE, metrics, width("Conv")).endswith("…")
    assert elide_title("", metrics, 0) == ""


@pytest.mark.parametrize("pixels", [90, 170, 260])
def test_the_box_cuts_no_letter_and_its_list_shows_all(qtbot, themes, pixels, painted_titles):
    selector = ElidingComboBox()
    qtbot.addWidget(selector)
    selector.addItem(TITLE)
    selector.resize(pixels, 32)
    selector.show()
    selector.grab()
    text = painted_titles[-1]
    assert text.endswith("…") or text.endswith("14:02") or text.endswith("96.9 %")
    assert selector.fontMetrics().horizontalAdvance(text) <= pixels - 24
    selector.widen_list()
    assert selector.view().minimumWidth() > selector.fontMetrics().horizontalAdvance(TITLE)
