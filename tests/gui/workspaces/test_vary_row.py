"""A row of a sweep reads the ends of its range as all number fields do."""

import pytest
from PySide6.QtWidgets import QLabel

from gui.workspaces.runs.vary_row import VaryRow


@pytest.mark.parametrize(
    ("field", "low", "high", "values"),
    [
        ("learning_rate", "0,001", "0,1", (0.001, 0.0505, 0.1)),
        ("learning_rate", "0.001", "0.1", (0.001, 0.0505, 0.1)),
        ("epochs", "1,000", "2 000", (1000, 1500, 2000)),
    ],
)
def test_ends_of_a_range(field, low, high, values, qtbot):
    row = VaryRow(field)
    qtbot.addWidget(row)
    row.kind_box.setCurrentText("range")
    row.count_box.setValue(3)
    row.low_edit.setText(low)
    row.high_edit.setText(high)
    found = row.variation()
    assert found is not None
    assert found.values == values


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("learning_rate", "0.1, 0.5", (0.1, 0.5)),
        ("learning_rate", "0,05; 1,5", (0.05, 1.5)),
        ("clip_norm", "off; 1,5", (None, 1.5)),
        ("epochs", "1,000; 50", (1000, 50)),
        ("seed", "0,1,2", (0, 1, 2)),
        ("digits", "0-1,3-8", ("0-1", "3-8")),
    ],
)
def test_values_one_by_one(field, text, values, qtbot):
    row = VaryRow(field)
    qtbot.addWidget(row)
    row.kind_box.setCurrentText("values")
    row.values_edit.setText(text)
    found = row.variation()
    assert found is not None
    assert found.values == values


@pytest.mark.parametrize(("text", "one", "two"), [("0,05", "0.05", "0, 05"), ("1,5", "1.5", "1, 5")])
def test_a_comma_that_may_stand_in_a_number_or_between_two_is_asked_about(text, one, two, qtbot):
    row = VaryRow("learning_rate")
    qtbot.addWidget(row)
    row.kind_box.setCurrentText("values")
    row.values_edit.setText(text)
    assert row.variation() is None
    assert any(
        f"commas stand between values, so write {one} for one and {two} for two" in label.text()
        for label in row.findChildren(QLabel)
    )
