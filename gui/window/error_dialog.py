"""The one place where the window tells about errors: in words, without stopping the work."""

from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.services.error_hooks import ErrorReport
from gui.widgets.filled import filled
from gui.widgets.naming import named

# More sentences than this at once help nobody; the log has them all.
SHOWN_MESSAGES = 4


class ErrorDialog(QDialog):
    """A dialog that does not block: the newest errors as sentences, the technical part on demand."""

    def __init__(self, log_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self.setWindowTitle("DigitLab")
        self.setAccessibleName("Error message")
        self.setModal(False)
        self.setMinimumWidth(440)
        self._log_path = log_path
        self._reports: list[ErrorReport] = []

        self._message = named(QLabel(self, wordWrap=True), "errorMessage", accessible_name="What went wrong")
        self._message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._details = QPlainTextEdit(self, readOnly=True)
        self._details.setAccessibleName("Technical details")
        self._details.setToolTip("What a developer needs to find the fault")
        self._details.setMinimumHeight(180)
        self._details.hide()

        buttons = QDialogButtonBox(self)
        self._toggle = self._button(buttons, "Details", "Show the technical part", self._toggle_details)
        self._copy = self._button(buttons, "Copy details", "Copy the technical part to the clipboard", self._copy_all)
        self._button(buttons, "Open log folder", f"Show {log_path} in the file manager", self._open_folder)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setToolTip("Close this message and go on")
        close.setAccessibleName("Close")
        close.setDefault(True)
        buttons.rejected.connect(self.close)

        filled(QVBoxLayout(self), self._message, self._details, buttons, margins=16, spacing=16)

    @property
    def message(self) -> str:
        """The text on show."""
        return self._message.text()

    @Slot(object)
    def show_report(self, report: ErrorReport) -> None:
        """Show an error; while the dialog is open, further ones join it instead of opening another."""
        if not self.isVisible():
            self._reports.clear()
        if report.message not in [earlier.message for earlier in self._reports[-SHOWN_MESSAGES:]]:
            self._reports.append(report)
        newest = self._reports[-SHOWN_MESSAGES:]
        self._message.setText("\n\n".join(item.message for item in newest))
        details = "\n".join(item.details for item in newest if item.details)
        # A file that cannot be read is no fault of DigitLab.
        self.setWindowTitle("DigitLab: something went wrong" if details else "DigitLab")
        self._details.setPlainText(details)
        for widget in (self._toggle, self._copy):
            widget.setVisible(bool(details))
        self.adjustSize()
        self.show()

    def _button(self, box: QDialogButtonBox, text: str, help_text: str, slot: object) -> QPushButton:
        button = box.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setToolTip(help_text)
        button.setAccessibleName(text)
        button.clicked.connect(slot)
        return button

    @Slot()
    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self._toggle.setText("Details" if self._details.isHidden() else "Hide details")
        self.adjustSize()

    @Slot()
    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._message.text()}\n\n{self._details.toPlainText()}")

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path.parent)))
