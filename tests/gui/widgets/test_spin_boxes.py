"""Number fields of Qt's kind read what is typed as all other fields do."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.widgets.spin_boxes import DoubleSpinBox, SpinBox


def typed(box, text, qtbot):
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.selectAll()
    QTest.keyClicks(box.lineEdit(), text)
    QTest.keyClick(box, Qt.Key.Key_Return)
    return box.value()


def whole(maximum=99_999, suffix=""):
    box = SpinBox()
    box.setRange(0, maximum)
    box.setSuffix(suffix)
    box.setValue(7)
    return box


@pytest.mark.parametrize("suffix", ["", " %"])
@pytest.mark.parametrize(("text", "number"), [("12", 12), ("1,000", 1000), ("12,500", 12_500), ("1 000", 1000)])
def test_whole_numbers(text, number, suffix, qtbot):
    assert typed(whole(suffix=suffix), text, qtbot) == number


@pytest.mark.parametrize("text", ["1,5", "1.5", "0,05", "1,00", "2.000", "", "-3", "123456"])
def test_what_is_no_whole_number_leaves_the_one_before(text, qtbot):
    box = whole()
    assert typed(box, text, qtbot) == 7
    assert box.text() == "7"


def test_a_number_that_is_too_large_is_not_cut(qtbot):
    assert typed(whole(maximum=999), "1,000", qtbot) == 7


@pytest.mark.parametrize(
    ("text", "number"), [("1,5", 1.5), ("0,05", 0.05), ("1.5", 1.5), ("1,000", 1000), ("2.000", 2), ("1e-3", 0.001)]
)
def test_numbers_with_decimals(text, number, qtbot):
    box = DoubleSpinBox()
    box.setRange(0, 99_999)
    box.setDecimals(4)
    assert typed(box, text, qtbot) == pytest.approx(number)


def test_a_word_for_the_smallest_number_stays(qtbot):
    box = whole()
    box.setSpecialValueText("usual")
    box.setValue(0)
    assert box.text() == "usual"
    box.stepUp()
    assert box.value() == 1
    box.stepDown()
    assert (box.value(), box.text()) == (0, "usual")
