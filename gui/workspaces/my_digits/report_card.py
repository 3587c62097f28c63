"""The writer's report: a guided round of drawings, then one page that can be saved as a picture."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.core.file_io import reason_of, write_atomically
from gui.charts.bar_chart import BarChart
from gui.charts.chart_card import ChartCard
from gui.charts.matrix_chart import MatrixChart
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted, mark_primary, mark_title
from gui.widgets.card import Card
from gui.widgets.field_grid import FieldGrid
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.chart_exports import ChartExports, RememberedFolder
from gui.workspaces.my_digits.guide import Guide
from models.scoring.writer_report import DIGITS, WriterReport

_MATRIX_PX, _COSTS_PX, _CHART_PX = 300, 170, 440
_PICTURE_SCALE = 2
_MARGIN_PX = 16


class WriterMatrix(MatrixChart):
    """What was meant against what was answered."""

    object_name: ClassVar[str] = "writerMatrix"
    title: ClassVar[str] = "What you meant, what was answered"
    empty_text: ClassVar[str] = "Draw each digit three times: your own confusion matrix appears here."
    explanation: ClassVar[str] = "Rows are the digits that you meant, columns what the recogniser answered."
    row_word: ClassVar[str] = "meant"
    column_word: ClassVar[str] = "answered"
    value_word: ClassVar[str] = "drawings"
    digits: ClassVar[int] = 3


class CostChart(BarChart):
    """What each habit costs."""

    object_name: ClassVar[str] = "habitCosts"
    title: ClassVar[str] = "What your habits cost"
    empty_text: ClassVar[str] = "What position, size, slant, pen and speed cost appears here."
    explanation: ClassVar[str] = (
        "How much more certain the true digit becomes when a drawing is shown to the recogniser without the habit: in "
        "the middle, at the usual size, upright, with the usual pen, with more points. The path to 20×20 takes "
        "position, size and pen away before the model sees anything, so these cost nothing."
    )
    value_word: ClassVar[str] = "points"

    def value_text(self, value: float) -> str:
        """Points of certainty."""
        return f"{value:+.1f} points".replace("-", "−")


class ReportCard(Card):
    """Asks for the drawings, shows the report, and saves it as a picture.

    Signals:
        report_requested: make the report of the newest round.
    """

    report_requested = Signal()

    def __init__(self, lab: Lab, themes: ThemeManager) -> None:
        super().__init__("Writer's report", "")
        self._lab = lab
        self._themes = themes
        self.report: WriterReport | None = None
        self.guide = Guide(lab, self)
        self.prompt_label = named(mark_title(QLabel()), "reportPrompt")
        self.begin_button = named(
            QPushButton("Begin"), "beginReportButton", "Draw each digit three times, as you are asked"
        )
        self.next_button = named(
            QPushButton("Next"), "nextDrawingButton", "It is drawn: file it and go on (Enter on the canvas)"
        )
        mark_primary(self.next_button)
        self.back_button = named(
            QPushButton("Back"), "lastDrawingButton", "Take the last drawing away and draw it again"
        )
        self.end_button = named(QPushButton("End"), "endReportButton", "Stop asking; what was drawn stays in My digits")
        self.show_button = named(QPushButton("Show last"), "showReportButton", "Make the report of the last round anew")
        self.save_button = named(QPushButton("Save page …"), "saveReportButton", "Save the report as a picture (PNG)")
        self.progress_bar = QProgressBar(textVisible=False)
        self.progress_bar.setAccessibleName("Drawings made")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.prompt_label)
        row.addWidget(self.progress_bar, 1)
        row.addStretch(1)
        for button in (self.next_button, self.back_button, self.end_button, self.show_button, self.begin_button):
            row.addWidget(button)
        row.addWidget(self.save_button)
        self.body.addLayout(row)
        self.page = QWidget()
        self._page_title = mark_title(QLabel())
        self.summary_label = named(QLabel(wordWrap=True), "reportSummary")
        self.habits_label = mark_muted(QLabel(wordWrap=True))
        for label in (self.summary_label, self.habits_label):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.matrix = WriterMatrix(themes)
        self.matrix.setMinimumHeight(_MATRIX_PX)
        self.costs = CostChart(themes)
        self.costs.setMinimumHeight(_COSTS_PX)
        column = filled(QVBoxLayout(self.page), self._page_title, self.summary_label, self.habits_label, margins=0)
        charts = QWidget()
        beside = FieldGrid(_CHART_PX, 12, charts, maximum_width=4 * _CHART_PX)
        self.exports = ChartExports(lab, self)
        for card in (ChartCard(self.matrix), ChartCard(self.costs)):
            beside.add(card)
            self.exports.adopt(card.menu)
        column.addWidget(charts)
        self.body.addWidget(self.page)
        self.begin_button.clicked.connect(self.guide.begin)
        self.next_button.clicked.connect(self.guide.confirm)
        self.back_button.clicked.connect(self.guide.back)
        self.end_button.clicked.connect(self.guide.end)
        self.show_button.clicked.connect(self.report_requested)
        self.save_button.clicked.connect(self._on_save)
        self.guide.changed.connect(self._show_guide)
        self.guide.finished.connect(self.report_requested)
        lab.filing.confirmed.connect(self.guide.confirm)
        self.show_report(None)

    def show_rounds(self, there: bool) -> None:
        """Whether a round was drawn that can be reported."""
        self.show_button.setEnabled(there)

    def show_report(self, report: WriterReport | None, title: str = "") -> None:
        """Show the page of a report; None takes it away."""
        self.report = report
        self.page.setVisible(report is not None)
        self._show_guide()
        if report is None:
            return
        self._page_title.setText(title)
        refused = f", refused or not; {report.refused} are refused" if report.refused else ""
        self.summary_label.setText(
            f"{report.right} of {report.count} drawings are read rightly{refused}. {report.summary}"
        )
        habits = (f"{cost.name}: {cost.habit} ({100 * cost.gain:+.1f} points)" for cost in report.costs)
        self.habits_label.setText(" · ".join(habits).replace("-", "−"))
        self.matrix.set_matrix(report.confusion, DIGITS, DIGITS)
        gains = np.array([100 * cost.gain for cost in report.costs])
        self.costs.set_bars([cost.name for cost in report.costs], gains, 0)

    @Slot()
    def _show_guide(self) -> None:
        asked = self.guide.asked
        self.prompt_label.setText(
            "" if asked is None else f"Draw a {asked}   ({self.guide.done + 1} of {self.guide.total})"
        )
        self.set_subtitle("" if asked is not None else "Draw each digit three times, and see what your hand costs.")
        for part in (self.prompt_label, self.progress_bar, self.next_button, self.back_button, self.end_button):
            part.setVisible(asked is not None)
        for part in (self.begin_button, self.show_button):
            part.setVisible(asked is None)
        self.save_button.setVisible(asked is None and self.report is not None)
        self.back_button.setEnabled(self.guide.done > 0)
        self.progress_bar.setMaximum(self.guide.total)
        self.progress_bar.setValue(self.guide.done)

    @Slot()
    def _on_save(self) -> None:
        folder = RememberedFolder(self._lab.settings)
        if (path := folder.ask(self, "Save the report", "my-hand.png", "PNG picture (*.png)")) is None:
            return
        try:
            write_atomically(path, self._picture())
        except OSError as error:
            self._lab.messages.error.emit(f"{path.name} could not be saved: {reason_of(error)}.")
        else:
            self._lab.messages.message.emit(f"Saved {path.name}.")

    def _picture(self) -> bytes:
        """The page, twice as fine as on the screen, with a margin."""
        size = self.page.size()
        width, height = size.width() + 2 * _MARGIN_PX, size.height() + 2 * _MARGIN_PX
        image = QImage(_PICTURE_SCALE * width, _PICTURE_SCALE * height, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PICTURE_SCALE)
        image.fill(QColor(self._themes.theme.surface))
        painter = QPainter(image)
        self.page.render(painter, QPoint(_MARGIN_PX, _MARGIN_PX))
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
            raise OSError("the page could not be turned into a PNG picture")
        return bytes(data.data())
