"""What the contract of workspaces does with any of them."""

from PySide6.QtWidgets import QAbstractButton, QComboBox, QTabBar


def inputs_of(workspace):
    """Lists, switches and bars of pages that can be used now."""
    found = [
        *workspace.findChildren(QComboBox),
        *(button for button in workspace.findChildren(QAbstractButton) if button.isCheckable()),
        *workspace.findChildren(QTabBar),
    ]
    return [one for one in found if one.isVisible() and one.isEnabled()]


def turn_all(workspace):
    """Set each of them to something else, as far as it has more."""
    for one in inputs_of(workspace):
        if isinstance(one, QAbstractButton):
            one.setChecked(not one.isChecked())
        elif one.count() > 1:
            one.setCurrentIndex((one.currentIndex() + 1) % one.count())
