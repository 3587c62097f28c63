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


def test_a_decimal_comma_among_values_is_refused(qtbot):
    row = VaryRow("learning_rate")
    qtbot.addWidget(row)
    row.kind_box.setCurrentText("values")
    row.values_edit.setText("0,05")
    assert row.variation() is None
    assert any("commas stand between values" in label.text() for label in row.findChildren(QLabel))
