"""Help's two dialogs: what DigitLab is made of, and its keyboard shortcuts."""

import platform
from collections.abc import Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QSize, Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.core.wording import counted
from engine.version import digitlab_version
from gui.widgets.filled import filled

LICENCES = (
    "DigitLab is free software under the MIT licence. It uses Qt and PySide6 (LGPL 3), NumPy, SciPy and threadpoolctl "
    "(BSD), pyqtgraph, Pillow, platformdirs and rich (MIT family), safetensors (Apache 2.0). The digits that it learns "
    "from are MNIST's, by Y. LeCun, C. Cortes and C. Burges."
)


CANVAS_KEYS = (
    ("Move the pen", "Arrow keys"),
    ("Move it diagonally", "Home, End, Page Up, Page Down"),
    ("Put the pen down, or lift it", "Space"),
    ("Eraser on or off", "E"),
    ("Clear", "Delete"),
    ("Narrower or wider pen", "[ ]"),
)
CHART_KEYS = (
    ("Read the values, or choose what is read", "Arrow keys, Enter"),
    ("Zoom", "+ −"),
    ("Move", "Shift+arrow keys"),
    ("Save a chart or map", "Menu key or Shift+F10"),
    ("Show everything", "0"),
)


def installed_version(package: str) -> str:
    """The version of an installed package, or "not installed"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def describe_blas() -> str:
    """The linear algebra libraries at work and how many threads each may use, such as "openblas 0.3.30, 2 threads"."""
    from threadpoolctl import threadpool_info

    found = [
        f"{item['internal_api']} {item.get('version') or ''}".strip() + f", {counted(item['num_threads'], 'thread')}"
        for item in threadpool_info()
        if item.get("user_api") == "blas"
    ]
    return "; ".join(dict.fromkeys(found)) or "unknown"


def version_rows() -> list[tuple[str, str]]:
    """Names and versions of everything that matters when something goes wrong."""
    return [
        ("DigitLab", digitlab_version()),
        ("Python", platform.python_version()),
        ("PySide6", f"{installed_version('PySide6-Essentials')} (Qt {qVersion()})"),
        ("NumPy", installed_version("numpy")),
        ("SciPy", installed_version("scipy")),
        ("pyqtgraph", installed_version("pyqtgraph")),
        ("Pillow", installed_version("pillow")),
        ("safetensors", installed_version("safetensors")),
        ("Linear algebra", describe_blas()),
        ("System", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Display", QGuiApplication.platformName()),
    ]


def _table(rows: Sequence[tuple[str, str]], heading: str = "") -> str:
    return f"<table>{_lines(rows, heading)}</table>"


def _lines(rows: Sequence[tuple[str, str]], heading: str = "") -> str:
    """Lines of a table; in one table the columns of all lines begin at the same place."""
    lines = "".join(
        f"<tr><td style='padding:3px 24px 3px 0'>{escape(left)}</td><td style='padding:3px 0'>{escape(right)}</td></tr>"
        for left, right in rows
    )
    return f"<tr><td colspan='2'><h4>{heading}</h4></td></tr>{lines}" if heading else lines


class AboutDialog(QDialog):
    """What this program is, the versions of its parts, the licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About DigitLab")
        self._rows = version_rows()
        self._text = QLabel(
            "<h3>DigitLab</h3><p>A laboratory for handwritten digits: draw, recognise, train and look inside.</p>"
            f"{_table(self._rows)}<p>{escape(LICENCES)}</p>",
            self,
        )
        self._text.setAccessibleName("About DigitLab")
        self._text.setToolTip("The text can be selected and copied")
        self._text.setWordWrap(True)
        self._text.setFixedWidth(460)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton("Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip("Copy the table for a bug report")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        _arrange(self, _scrolled(self, self._text), buttons)

    @property
    def text(self) -> str:
        """The versions as plain lines."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


class ShortcutsDialog(QDialog):
    """All shortcuts: those of the menus, and the keys of canvas and charts."""

    def __init__(self, shortcuts: Sequence[tuple[str, QKeySequence]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Keyboard shortcuts")
        rows = [(name, keys.toString(QKeySequence.SequenceFormat.NativeText)) for name, keys in shortcuts]
        half = -(-len(rows) // 2)
        columns = (
            _table(rows[:half], "Everywhere"),
            _table(rows[half:], "&nbsp;"),
            f"<table>{_lines(CANVAS_KEYS, 'On the canvas')}{_lines(CHART_KEYS, 'In a chart')}</table>",
        )
        cells = [f"<td style='padding-right:16px'>{column}</td>" for column in columns]
        label = QLabel(self)
        room = _room(self)
        # Beside one another, or fewer of them in a row where letters are large.
        for across in (3, 2, 1):
            lines = ("".join(cells[start : start + across]) for start in range(0, len(cells), across))
            label.setText("".join(f"<table><tr>{line}</tr></table>" for line in lines))
            if label.sizeHint().width() <= room.width():
                break
        label.setAccessibleName("; ".join(f"{name}: {keys}" for name, keys in (*rows, *CANVAS_KEYS, *CHART_KEYS)))
        label.setContentsMargins(16, 16, 16, 16)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        _arrange(self, _scrolled(self, label), buttons)


def _room(dialog: QDialog) -> QSize:
    return dialog.screen().availableSize() - QSize(96, 160)


def _scrolled(dialog: QDialog, label: QLabel) -> QScrollArea:
    """The text with a bar at its side, where it is higher than the screen has room."""
    scroll = QScrollArea(dialog)
    scroll.setAccessibleName(dialog.windowTitle())
    scroll.setWidget(label)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    for widget in (label, scroll.verticalScrollBar()):
        widget.ensurePolished()
    label.adjustSize()
    wanted = label.size() + QSize(scroll.verticalScrollBar().sizeHint().width() + 8, 8)
    scroll.setMinimumSize(wanted.boundedTo(_room(dialog)))
    return scroll


def _arrange(dialog: QDialog, content: QWidget, buttons: QDialogButtonBox) -> None:
    dialog.setModal(False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    filled(QVBoxLayout(dialog), (content, 1), buttons, margins=16, spacing=16)
