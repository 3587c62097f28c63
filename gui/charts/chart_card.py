"""The card around a chart: its title, what it says in short, and small buttons for scale, range and export."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from engine.core.file_io import reason_of
from gui.charts.chart import Chart
from gui.services.background_task import BackgroundTasks
from gui.services.csv_export import write_table
from gui.widgets.card import Card
from gui.widgets.explanation import explain
from gui.widgets.export_folder import ExportFolder

# Padding of the card, and a little air between title, caption and buttons.
_FRAME_PX = 52

# Text, ending, kind of file and explanation of what the menu saves.
_EXPORTS = (
    ("Save picture (PNG) …", "png", "PNG picture (*.png)", "Write the chart as it is shown, twice as fine"),
    ("Save drawing (SVG) …", "svg", "SVG drawing (*.svg)", "Write the chart as lines and letters that can be edited"),
    ("Save numbers (CSV) …", "csv", "Table (*.csv)", "Write every number of the chart as a row of a table"),
)
_HANDLING = (
    "Drag to move, drag with the right button to zoom, wheel with Ctrl to zoom. Keys in the chart: arrows read values, "
    "+ and − zoom, Shift with arrows moves, 0 shows everything."
)
_READING = "Point at it to read values, or use the arrow keys in the chart."


class ChartCard(Card):
    """A chart in its card.

    Args:
        chart: what is shown.

    Signals:
        exporting(path): a table that may take a while is being written in the background.
        error(sentence): an export could not be written.
        exported(path): it was.
    """

    exporting = Signal(str)
    error = Signal(str)
    exported = Signal(str)

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart.heading)
        self.chart = chart
        self._folder = ExportFolder()
        self._caption = self._note = ""
        self._in_header: list[QWidget] = []
        self._tasks = BackgroundTasks(self)
        self.body.addWidget(chart, 1)
        explain(self, f"{chart.explanation}<p>{_HANDLING if chart.can_zoom else _READING}</p>")
        # The chart's own description is what it shows.
        chart.setToolTip(self.toolTip())

        self.log_button = self._button("log", "Count the axis in powers of ten, or plainly", checkable=True)
        self.log_button.setChecked(chart.view.logarithmic)
        self.log_button.setVisible(chart.can_be_logarithmic)
        self.log_button.toggled.connect(chart.set_logarithmic)
        self.fit_button = self._button("fit", "Show all data again (0). Your zoom is kept until then")
        self.fit_button.hide()
        self.fit_button.clicked.connect(chart.fit)
        self.menu = self._make_menu()
        self.menu_button = self._button("⋯", "Save the chart as a picture or its numbers as a table")
        self.menu_button.setAccessibleName(f"{chart.title}: more")
        self.menu_button.clicked.connect(self._on_menu_button)

        chart.caption_changed.connect(self._on_caption_changed)
        chart.title_changed.connect(self._show_caption)
        chart.view.zoomed.connect(self.fit_button.setVisible)
        chart.view.menu_requested.connect(self.menu.popup)

    def sizeHint(self) -> QSize:
        """No higher than it has to be: a plot would like to stay as high as it is, and a page would scroll for that."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the caption where there is no room for it."""
        super().resizeEvent(event)
        self._show_caption()

    def add_to_header(self, widget: QWidget, place: int = -1) -> None:
        """Put a widget behind what is there, or to a place: 0 is before the title."""
        self.header.insertWidget(place, widget)
        self._in_header.append(widget)

    def set_note(self, note: str) -> None:
        """Say something in place of the caption, or with "" let the caption be seen again."""
        if note != self._note:
            self._note = note
            self._show_caption()

    @Slot(str)
    def _on_caption_changed(self, caption: str) -> None:
        self._caption = caption
        self._show_caption()

    @Slot()
    def _show_caption(self) -> None:
        """The whole heading and caption, or their main parts, or no caption: never half a number."""
        metrics = QFontMetrics(self.font())
        taken = sum(widget.sizeHint().width() + 8 for widget in self._in_header if not widget.isHidden())
        room = self.width() - taken - _FRAME_PX
        heading, caption = self.chart.heading, self._note or self._caption
        short, last = heading.split(" · ")[0], caption.split(" · ")[-1]
        pairs = ((heading, caption), (short, caption), (heading, last), (short, last))
        title, text = next((pair for pair in pairs if sum(map(metrics.horizontalAdvance, pair)) <= room), (short, ""))
        self.set_title(title)
        self.setAccessibleName(heading)
        self.set_subtitle(text)

    def _button(self, text: str, explanation: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(checkable)
        button.setToolTip(explanation)
        button.setAccessibleName(f"{self.chart.title}: {text}")
        button.setProperty("quiet", True)
        self.add_to_header(button)
        return button

    def _make_menu(self) -> QMenu:
        menu, chart = QMenu(self), self.chart
        menu.setToolTipsVisible(True)
        for text, ending, kind, explanation in _EXPORTS:
            action = menu.addAction(text)
            action.setToolTip(explanation)
            action.triggered.connect(partial(self._save, ending, kind))
        self._csv_action = action
        if chart.can_zoom:
            menu.addSeparator()
            fit = menu.addAction("Fit all data")
            fit.setToolTip("Show everything again after zooming")
            fit.triggered.connect(chart.fit)
        if chart.can_be_logarithmic:
            log = menu.addAction("Logarithmic axis")
            log.setToolTip(self.log_button.toolTip())
            log.setCheckable(True)
            log.setChecked(self.log_button.isChecked())
            log.toggled.connect(self.log_button.setChecked)
            self.log_button.toggled.connect(log.setChecked)
        return menu

    @Slot()
    def _on_menu_button(self) -> None:
        self.menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))

    def _save(self, ending: str, kind: str, _checked: bool = False) -> None:
        short = self.chart.heading.split(" · ")[0]
        name = f"{short.lower().replace(' ', '-').replace(',', '')}.{ending}"
        path = self._folder.ask(self, f"Save {short.lower()}", name, kind, (".png", ".svg", ".csv"))
        if path is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        """Write a picture for ".png" and ".svg", a table otherwise; a signal tells the outcome, for a table later."""
        if path.suffix.lower() in (".png", ".svg"):
            try:
                self.chart.export_picture(path)
            except OSError as error:
                self.error.emit(f"{path.name} could not be saved: {reason_of(error)}.")
            else:
                self.exported.emit(str(path))
            return
        table, done, failed = self.chart.table(), self._on_table_written, self._on_table_failed
        self._tasks.start("table", lambda _task: write_table(path, table), done=done, failed=failed, ordered=True)
        self._offer_table(False)
        self.exporting.emit(str(path))

    def set_export_folder(self, folder: ExportFolder) -> None:
        """Suggest files in this folder from now on: the cards of a workspace share one."""
        self._folder = folder

    def finish_exports(self) -> None:
        """Wait for what is being written, for a window that closes."""
        self._tasks.finish()

    def _on_table_written(self, path: str) -> None:
        self._offer_table(True)
        self.exported.emit(path)

    def _on_table_failed(self, error: Exception) -> None:
        self._offer_table(True)
        self.error.emit(str(error))

    def _offer_table(self, offered: bool) -> None:
        self._csv_action.setEnabled(offered)
        self._csv_action.setText(_EXPORTS[-1][0] if offered else "Saving numbers (CSV) …")
