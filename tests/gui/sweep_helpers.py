"""Events into the page of sweeps, and what its table says."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit


def press(widget, name):
    button = widget.findChild(QAbstractButton, name)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def vary(page, row, field, values):
    box = row.findChild(QComboBox, "varyField")
    box.setCurrentIndex(box.findData(field))
    row.findChild(QComboBox, "varyKind").setCurrentText("values")
    edit = row.findChild(QLineEdit, "varyValues")
    edit.clear()
    QTest.keyClicks(edit, values)


def column(page, title):
    place = page.model.titles.index(title)
    return [page.model.index(row, place).data() for row in range(page.model.rowCount())]
