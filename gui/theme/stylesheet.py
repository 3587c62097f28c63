"""The application's style sheet, generated from the theme's tokens.

States beyond Qt's own are dynamic properties: `mark_primary` for the one main button of a card, `mark_muted` for
captions, `mark_title` for headings, `mark_invalid` for a field whose value is refused.
"""

import re
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gui.theme.tokens import Theme

W = TypeVar("W", bound=QWidget)
_ICONS = Path(__file__).resolve().parent / "icons"


def mark_primary(button: QPushButton) -> QPushButton:
    """Make this the card's main action: filled with the accent."""
    return _marked(button, "primary", True)


def mark_muted(label: QLabel) -> QLabel:
    """Make this a caption."""
    return _marked(label, "muted", True)


def mark_title(label: QLabel) -> QLabel:
    """Make this a heading: semibold."""
    return _marked(label, "title", True)


def mark_invalid(widget: QWidget, invalid: bool) -> None:
    """Show, or no longer show, that a field's value is refused; a label marked so is written in the error colour."""
    _marked(widget, "invalid", invalid)


def mark_large(label: QLabel, large: bool) -> None:
    """Write an answer larger, where there is much room, or as usual again."""
    _marked(label, "large", large)


def set_state(widget: QWidget, state: str) -> None:
    """Give the widget the look that the style sheet has for `[state="…"]`."""
    _marked(widget, "state", state)


def _marked(widget: W, name: str, value: bool | str) -> W:
    """A property that is not there yet is False."""
    if (widget.property(name) or False) != value:
        widget.setProperty(name, value)
        polish_again(widget)
    return widget


def polish_again(widget: QWidget) -> None:
    """Have a dynamic property take effect: Qt looks at those only when it polishes, first at the show."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def make_stylesheet(theme: Theme, text_percent: int = 100) -> str:
    """The style sheet for `QApplication.setStyleSheet`; `text_percent` makes answers in large grow with all text."""
    tokens = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    icons = {
        "chevron_down": (_ICONS / "chevron-down.svg").as_posix(),
        "chevron_up": (_ICONS / "chevron-up.svg").as_posix(),
        "chevron_left": (_ICONS / "chevron-left.svg").as_posix(),
        "chevron_right": (_ICONS / "chevron-right.svg").as_posix(),
        **{name: (_ICONS / f"{name}-{theme.name}.svg").as_posix() for name in ("check", "back", "forward", "up")},
    }
    sheet = _TEMPLATE.substitute(tokens, **icons)
    # A least height in a style sheet overrides what a widget asks for its text.
    return re.sub(
        r"(font-size|min-height): (\d+)px", lambda it: f"{it[1]}: {int(it[2]) * text_percent // 100}px", sheet
    )


# A focused control's border is 2 px and its padding 1 px less, so that nothing moves.
_TEMPLATE = Template("""
QMainWindow, QDialog { background: $background; }
QFileDialog {
    backward-icon: url("$back"); forward-icon: url("$forward"); filedialog-parent-directory-icon: url("$up");
}
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QFrame[card="true"] { background: $surface; border: 1px solid $line; border-radius: 10px; }
QFrame[focusFrame="true"] { background: transparent; border: 1px solid $accent; border-radius: 4px; }
QLabel[muted="true"] { color: $muted; }
QLabel[title="true"] { font-weight: 600; }
QLabel[invalid="true"] { color: $danger; }
QLabel#predictionLabel[state="digit"] { font-size: 52px; font-weight: 600; color: $accent; }
QLabel#predictionLabel[state="number"] { font-size: 32px; font-weight: 600; color: $accent; }
QLabel#predictionLabel[state="words"] { font-size: 15px; font-weight: 600; color: $accent; }
QLabel#predictionLabel[state="hint"] { font-size: 15px; color: $muted; }
QLabel#predictionLabel[large="true"][state="digit"] { font-size: 104px; }
QLabel#predictionLabel[large="true"][state="number"] { font-size: 64px; }
QLabel#predictionLabel[large="true"][state="words"] { font-size: 24px; }
QLabel#predictionLabel[large="true"][state="hint"] { font-size: 20px; }
QLabel[answer="true"][state="digit"] { font-size: 32px; font-weight: 600; color: $accent; }
QLabel[answer="true"][state="words"] { font-size: 15px; font-weight: 600; color: $accent; }
QLabel[answer="true"][state="hint"] { color: $muted; }
QLabel:disabled { color: $control_line; }

QPushButton, QToolButton {
    background: $surface; color: $text; border: 1px solid $line; border-radius: 6px; padding: 6px 12px;
    min-height: 18px;
}
QToolButton { padding: 4px 8px; }
QPushButton:hover, QToolButton:hover { background: $raised; border-color: $control_line; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:checked, QToolButton:checked { background: $raised; border: 1px solid $accent; color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 5px 11px; }
QToolButton:focus { padding: 3px 7px; }
QToolButton[quiet="true"] {
    background: transparent; color: $muted; border: 1px solid transparent; padding: 1px 7px; min-height: 16px;
}
QToolButton[quiet="true"]:hover { background: $raised; color: $text; border-color: $line; }
QToolButton[quiet="true"]:checked { color: $accent; border-color: $line; }
QToolButton[quiet="true"]:focus { border: 2px solid $accent; padding: 0 6px; }
QToolButton[tight="true"] { padding: 1px 3px; }
QToolButton[tight="true"]:focus { padding: 0 2px; }
QToolButton[chip="true"] { border-color: transparent; padding: 1px 2px; min-height: 0; font-size: 12px; }
QToolButton[chip="true"]:checked { border-color: $accent; font-weight: 600; }
QToolButton[chip="true"]:focus { padding: 0 1px; }
QWidget#filingRow QToolButton { border: 1px solid $line; padding: 1px 0; }
QWidget#filingRow QToolButton:hover { border-color: $control_line; }
QWidget#filingRow QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { background: $surface; color: $control_line; border-color: $line; }
QToolButton[quiet="true"]:disabled { background: transparent; border-color: transparent; }
QPushButton[primary="true"] {
    background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; padding: 6px 20px;
}
QPushButton[primary="true"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 5px 19px; }
QPushButton[primary="true"]:disabled { background: $track; color: $muted; border-color: $track; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
    background: $surface; color: $text; border: 1px solid $line; border-radius: 6px; padding: 5px 8px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 18px; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $control_line; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid $accent; padding: 4px 7px;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { background: $raised; color: $control_line; }
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"] {
    border: 2px solid $danger; padding: 4px 7px;
}
/* A list below the box: the kind that covers it hides its first lines behind a scroller. */
QComboBox { padding-right: 2px; combobox-popup: 0; }
QComboBox:focus { padding-right: 1px; }
QComboBox::drop-down { border: none; width: 24px; subcontrol-origin: padding; subcontrol-position: center right; }
QComboBox::down-arrow { image: url("$chevron_down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $control_line; border-radius: 0; padding: 4px; outline: none;
    selection-background-color: $accent; selection-color: $on_accent;
}
QComboBoxPrivateContainer { border: none; background: $surface; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; border-radius: 4px; }
QComboBox QAbstractItemView::item:hover { background: $raised; color: $text; }
QComboBox QAbstractItemView::item:selected { background: $accent; color: $on_accent; }
QAbstractSpinBox { padding-right: 22px; }
QAbstractSpinBox:focus, QAbstractSpinBox[invalid="true"] { padding-right: 21px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 20px; border: none; background: transparent; margin: 1px;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $raised; border-radius: 4px; }
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url("$chevron_down"); width: 9px; height: 9px; }

QCheckBox, QRadioButton { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $control_line; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $control_line; background: $surface;
}
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px; height: 6px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; }

QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $track; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $track; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $surface;
    border: 1px solid $control_line;
}
QSlider::handle:horizontal:hover { border: 1px solid $accent; }
QSlider::handle:horizontal:focus { width: 12px; height: 12px; border: 2px solid $accent; }

QProgressBar { background: $track; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QTabWidget::pane { border: none; top: 0; }
QTabWidget::tab-bar { left: 0; }
QTabBar { qproperty-drawBase: 0; background: transparent; }
QTabBar::tab {
    background: transparent; color: $muted; padding: 8px 18px; border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $control_line; }
QTabBar::scroller { width: 44px; }
QTabBar QToolButton { padding: 0; }
QTabBar QToolButton::left-arrow { image: url("$chevron_left"); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url("$chevron_right"); width: 12px; height: 12px; }

QMenuBar { background: $background; color: $text; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $line; }
QMenu { background: $surface; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $control_line; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QMenu::right-arrow { image: url("$chevron_right"); width: 10px; height: 10px; right: 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $control_line; padding: 5px 8px; }
QStatusBar { background: $background; color: $muted; }
QStatusBar::item { border: none; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QAbstractScrollArea::corner, QSizeGrip { background: transparent; border: none; image: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $track; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $control_line; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QAbstractItemView {
    background: $surface; alternate-background-color: $raised; color: $text; border: 1px solid $line;
    border-radius: 6px; gridline-color: $line; selection-background-color: $accent; selection-color: $on_accent;
}
QAbstractItemView:focus { border: 1px solid $accent; }
QAbstractItemView:disabled { color: $control_line; }
QHeaderView { background: $raised; border: none; }
QHeaderView::section {
    background: $raised; color: $muted; border: none; border-bottom: 1px solid $line; padding: 5px 8px;
}
QTableCornerButton::section { background: $raised; border: none; }
QGroupBox { border: 1px solid $line; border-radius: 6px; margin-top: 10px; padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $muted; }
QSplitter::handle { background: transparent; }
QGraphicsView { border: none; background: transparent; }
""")
