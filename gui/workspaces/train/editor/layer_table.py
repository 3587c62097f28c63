"""The rows of a network as a table that can be reordered by dragging and by keys."""

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from engine.layer_support.shapes import with_batch
from engine.network.draft_analysis import DraftAnalysis, analyze
from engine.network.layer_times import LayerTimes
from engine.network.row_kinds import ROW_KINDS
from gui.theme.manager import ThemeManager
from gui.workspaces.train.editor.setting_text import summary
from models.presets.own import OwnPreset

_HEADINGS: Final = ("Layer", "Output", "Parameters", "Multiply–adds", "Time")
_TIPS: Final = (
    "The layers in order. Drag a row, or press Alt with ↑ or ↓, to move it",
    "Shape of what the layer gives, without the batch",
    "Numbers that the layer holds",
    "Products with weights for one digit, forward",
    "Share of the time of a training step, measured on this computer: forward and backward of 64 digits on one thread",
)
_LEAST_WIDTH_PX: Final = 60
_ERROR_HEIGHT_PX: Final = 44
_DROP_LINE_PX: Final = 2
# So many heights of a line the names keep.
_LEAST_NAME_LINES: Final = 7
Index = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractTableModel):
    """The rows of a preset with their analysis."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.preset: OwnPreset | None = None
        self.analysis = DraftAnalysis((), ())
        self.times: LayerTimes | None = None

    def show_preset(self, preset: OwnPreset) -> None:
        """Show other rows; the times are not known yet."""
        self.beginResetModel()
        self.preset, self.analysis, self.times = preset, analyze(preset.draft), None
        self.endResetModel()

    def show_times(self, times: LayerTimes) -> None:
        """Show what was measured."""
        self.times = times
        last = len(_HEADINGS) - 1
        self.dataChanged.emit(self.index(0, last), self.index(self.rowCount() - 1, last))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        """Hidden rows and the output row."""
        return 0 if parent.isValid() else len(self.analysis.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Layer, shape, parameters, multiply-adds and time."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Headings, and what they mean."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """The text of a cell; a wrong row tells why in place of its figures."""
        row, column = index.row(), index.column()
        found = self.analysis.rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(row) if column == 0 else f"⚠ {found.error}" if found.error else self._figure(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.error or _TIPS[column]
        if role == Qt.ItemDataRole.SizeHintRole and found.error and column:
            # Two lines over all figures: the sentence must not widen the column that it begins in.
            return QSize(_LEAST_WIDTH_PX, _ERROR_HEIGHT_PX)
        if role == Qt.ItemDataRole.ForegroundRole and found.error and column:
            return QColor(self._themes.theme.danger)
        if role == Qt.ItemDataRole.TextAlignmentRole and column > 1 and not found.error:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def title(self, row: int) -> str:
        """A row in a few words."""
        assert self.preset is not None
        draft = self.preset.draft
        if row < len(draft.rows):
            one = draft.rows[row]
            return summary(ROW_KINDS[one.kind].title, dict(one.settings))
        flattened = "flattened, " if len(self.analysis.rows[row].input_shape) > 1 else ""
        end = f", {draft.output_activation}" if draft.output_activation else ""
        return f"Output {flattened}{draft.outputs}{end}"

    def words(self, row: int) -> str:
        """A row with all that is known of it, for a screen reader."""
        found = self.analysis.rows[row]
        if found.error:
            return f"{self.title(row)}. Wrong: {found.error}"
        return f"{self.title(row)}: gives {self._figure(row, 1)}, {found.parameters:,} parameters"

    def _figure(self, row: int, column: int) -> str:
        found = self.analysis.rows[row]
        if column == 1:
            return with_batch(found.output_shape).removeprefix("(batch, ").removesuffix(")").replace(", ", " × ")
        if column < 4:
            return f"{found.parameters if column == 2 else found.multiply_adds:,}"
        if self.times is None:
            return ""
        start = sum(self.analysis.layers[:row])
        share = self.times.share(start, start + self.analysis.layers[row])
        return "with ↑" if share is None else f"{100 * share:.0f} %"


class LayerTable(QTableView):
    """Shows a `LayerModel`.

    A row is dragged by the table itself: Qt's own dragging would offer the row to other windows and programs.

    Signals:
        move_requested(row, place): a row was dropped; the place counts in the list without it.
        step_requested(way): Alt with ↑ (−1) or ↓ (+1).
        remove_requested: Delete.
    """

    move_requested = Signal(int, int)
    step_requested = Signal(int)
    remove_requested = Signal()

    def __init__(self, model: LayerModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setObjectName("layerList")
        self.setAccessibleName("Layers of the network")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._lay_out)
        # The row under the button, where that was pressed, and before which row it would be dropped.
        self._dragged, self._pressed_at, self._place = -1, QPoint(), -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The figures leave the names room."""
        super().resizeEvent(event)
        self._fit_names()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A hidden row may be dragged from here; the output stays the last."""
        super().mousePressEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        is_hidden = event.button() == Qt.MouseButton.LeftButton and row < self._hidden
        self._dragged, self._pressed_at = row if is_hidden else -1, event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the row would be dropped."""
        far = (event.position().toPoint() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._dragged >= 0 and (far or self._place >= 0):
            self.scrollTo(self.indexAt(event.position().toPoint()))
            rows = (self.visualRect(self.model().index(row, 0)) for row in range(self._hidden))
            self._place = sum(rect.center().y() < event.position().toPoint().y() for rect in rows)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the row."""
        super().mouseReleaseEvent(event)
        row, place = self._dragged, self._place
        self._end_drag()
        if place >= 0 and place not in (row, row + 1):
            self.move_requested.emit(row, place - (place > row))

    def _end_drag(self) -> None:
        self._dragged = self._place = -1
        self.viewport().update()

    @property
    def _hidden(self) -> int:
        """How many rows can be moved."""
        return self.model().rowCount() - 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line where the row would be dropped."""
        super().paintEvent(event)
        if self._place >= 0:
            painter = QPainter(self.viewport())
            y = max(1, self.rowViewportPosition(self._place) - 1)
            painter.fillRect(0, y, self.viewport().width(), _DROP_LINE_PX, self.palette().highlight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the row, Delete removes it."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.step_requested.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self._place >= 0:
            self._end_drag()
        elif event.matches(QKeySequence.StandardKey.Delete) or event.key() == Qt.Key.Key_Backspace:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        """A wrong row's sentence takes the place of its figures."""
        model = self.model()
        assert isinstance(model, LayerModel)
        self.clearSpans()
        for place, row in enumerate(model.analysis.rows):
            if row.error:
                self.setSpan(place, 1, 1, len(_HEADINGS) - 1)
        self._fit_names()
        self.resizeRowsToContents()

    def _fit_names(self) -> None:
        """Names take what the figures leave; where that can't be read, as with large letters, the table scrolls."""
        header = self.horizontalHeader()
        room = self.viewport().width() - sum(header.sectionSize(column) for column in range(1, header.count()))
        least = min(self.sizeHintForColumn(0), _LEAST_NAME_LINES * self.fontMetrics().height())
        narrow = room < least
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed if narrow else QHeaderView.ResizeMode.Stretch)
        if narrow:
            header.resizeSection(0, least)
