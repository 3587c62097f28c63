"""The window in which a network is built."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from engine.errors import ConfigurationError, EngineError
from engine.network.draft import LayerRow, NetworkDraft, new_row
from engine.network.draft_analysis import DraftAnalysis, analyze
from engine.network.layer_times import LayerTimes, measure_layer_times
from engine.network.row_kinds import ROW_KINDS
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.manager import ThemeManager
from gui.widgets.announcement import announce
from gui.workspaces.train.editor.code_view import CodeView
from gui.workspaces.train.editor.editor_view import EditorView
from gui.workspaces.train.editor.history import EditHistory
from models.presets import PRESETS
from models.presets.own import LOSSES_OF, OwnPreset, as_own
from models.presets.own_files import save_own

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

# After the last edit, before the times are measured anew.
REST_MS = 350


class NetworkEditor(EditorView):
    """Edits an `OwnPreset`; nothing is lost by closing it.

    Signals:
        edited(preset, fault): the network is another one; `fault` names the first wrong row, or is "".
        saved(preset): it is kept under a name.
    """

    edited = Signal(object, str)
    saved = Signal(object)

    def __init__(
        self,
        themes: ThemeManager,
        presets: "Mapping[str, ModelPreset]",
        preset: OwnPreset,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(themes, parent)
        self.history = EditHistory(preset)
        self._presets = presets
        self._tasks = BackgroundTasks(self)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._measure)
        self._filling = False
        self._code: CodeView | None = None
        self._connect()
        self.open_preset(preset)

    @property
    def preset(self) -> OwnPreset:
        """The network as it is now."""
        return self.history.state

    @property
    def draft(self) -> NetworkDraft:
        """Its rows."""
        return self.preset.draft

    @property
    def row(self) -> int:
        """The chosen row; the last one is the output row."""
        return self.table.currentIndex().row()

    def open_preset(self, preset: OwnPreset) -> None:
        """Edit another network from now on."""
        self.history = EditHistory(preset)
        self.name_line.setText(preset.title)
        self.name_line.setCursorPosition(0)
        self._fill_boxes()
        self._show(0)

    def shut_down(self) -> None:
        """End what runs in the background."""
        self._rest.stop()
        self._tasks.shut_down()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for the times any more."""
        self._rest.stop()
        self._tasks.cancel("times")
        super().closeEvent(event)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row_chosen)
        self.table.step_requested.connect(self._on_step)
        self.table.remove_requested.connect(self._on_remove)
        self.table.move_requested.connect(self._on_move)
        self.form.edited.connect(self._on_setting)
        self.start_box.activated.connect(self._on_start)
        self.loss_box.activated.connect(self._on_loss)
        for button, slot in (
            (self.add_button, self._on_add), (self.remove_button, self._on_remove), (self.up_button, self._on_up),
            (self.down_button, self._on_down), (self.undo_button, self._on_undo), (self.redo_button, self._on_redo),
            (self.code_button, self._on_code), (self.save_button, self._on_save),
        ):  # fmt: skip
            button.clicked.connect(slot)
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(self._on_undo)
        QShortcut(QKeySequence.StandardKey.Redo, self).activated.connect(self._on_redo)

    # Showing.

    def _fill_boxes(self) -> None:
        self.start_box.clear()
        for name, preset in {**PRESETS, **self._presets}.items():
            if preset.name != "edited":
                self.start_box.addItem(preset.title, name)
        self.start_box.setCurrentIndex(max(0, self.start_box.findData(self.preset.question.name)))
        self.loss_box.clear()
        for kind in LOSSES_OF[self.preset.task]:
            self.loss_box.addItem(kind.replace("_", " ").capitalize(), kind)
        self.loss_box.setCurrentIndex(self.loss_box.findData(self.preset.loss_kind))

    def _show(self, row: int) -> None:
        """Everything anew, with this row chosen."""
        self._filling = True
        self.model.show_preset(self.preset)
        self._filling = False
        self.table.selectRow(max(0, min(row, self.model.rowCount() - 1)))
        self._show_figures()

    def _show_figures(self) -> None:
        found: DraftAnalysis = self.model.analysis
        self.count_label.setText(f"{found.parameters:,} parameters")
        self.count_label.setAccessibleName(self.count_label.text())
        self.cost_label.setText(f"{found.multiply_adds:,} multiply–adds a digit")
        wrong = [f"{place + 1} ({sentence})" for place, sentence in found.errors]
        what = "row" if len(wrong) == 1 else "rows"
        self.say(
            f"⚠ Wrong {what}: {' · '.join(wrong)} Put it right to train this network." if wrong else "", bool(wrong)
        )
        self.form.show_error(found.rows[self.row].error if self.row >= 0 else "")
        hidden, row = len(self.draft.rows), self.row
        self.remove_button.setEnabled(0 <= row < hidden)
        self.up_button.setEnabled(0 < row < hidden)
        self.down_button.setEnabled(0 <= row < hidden - 1)
        self.undo_button.setEnabled(self.history.can_undo)
        self.redo_button.setEnabled(self.history.can_redo)
        for button in (self.code_button, self.save_button):
            button.setEnabled(not wrong)
        self._tasks.cancel("times")
        self._rest.start()

    @Slot()
    def _measure(self) -> None:
        if self.model.analysis.errors or not self.isVisible():
            return
        preset = self.preset

        def work(task: Task) -> LayerTimes:
            return measure_layer_times(preset.build(0), task.progress)

        self._tasks.start("times", work, done=self.model.show_times, failed=self._on_not_measured)

    @Slot(object)
    def _on_not_measured(self, error: Exception) -> None:
        self.say(f"The times cannot be measured: {error}")

    # Editing.

    def _edit(self, draft: NetworkDraft, row: int, key: str = "", said: str = "") -> None:
        self._take(self.preset.with_draft(draft), key)
        if key:
            # The fields stay as they are: somebody is typing.
            self._filling = True
            self.model.show_preset(self.preset)
            self.table.selectRow(row)
            self._filling = False
            self._show_figures()
        else:
            self._show(row)
        if said:
            announce(self.table, said)

    def _take(self, preset: OwnPreset, key: str = "") -> None:
        self.history.push(preset, key)
        self._tell()

    def _tell(self) -> None:
        wrong = analyze(self.draft).errors
        self.edited.emit(self.preset, f"Row {wrong[0][0] + 1} of the network is wrong." if wrong else "")

    @Slot()
    def _on_row_chosen(self) -> None:
        if self._filling or self.row < 0:
            return
        row = self.row
        if row < len(self.draft.rows):
            one = self.draft.rows[row]
            known = ROW_KINDS[one.kind]
            self.form.show_row(one.kind, known.title, known.sentence, one.settings)
        else:
            sentence = f"{self.draft.outputs} outputs, as the question asks; an image is flattened before."
            self.form.show_row("dense", "Output", sentence, self.draft.output)
        self._show_figures()

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        row = self.row
        if row < len(self.draft.rows):
            draft = self.draft.replaced(row, self.draft.rows[row].with_setting(name, value))
        else:
            draft = self.draft.with_output(name, value)
        self._edit(draft, row, f"{row} {name}")

    @Slot()
    def _on_add(self) -> None:
        place = min(self.row + 1, len(self.draft.rows))
        row: LayerRow = new_row(str(self.kind_box.currentData()))
        self._edit(self.draft.inserted(place, row), place, said=f"{self.kind_box.currentText()} added")

    @Slot()
    def _on_remove(self) -> None:
        row = self.row
        if 0 <= row < len(self.draft.rows):
            title = self.model.title(row)
            self._edit(self.draft.without(row), row, said=f"{title} removed")

    @Slot(int)
    def _on_step(self, way: int) -> None:
        self._on_move(self.row, self.row + way)

    @Slot(int, int)
    def _on_move(self, row: int, place: int) -> None:
        hidden = len(self.draft.rows)
        if 0 <= row < hidden and 0 <= place < hidden and row != place:
            self._edit(self.draft.moved(row, place), place, said=f"Now layer {place + 1} of {hidden}")

    @Slot()
    def _on_up(self) -> None:
        self._on_step(-1)

    @Slot()
    def _on_down(self) -> None:
        self._on_step(1)

    @Slot()
    def _on_undo(self) -> None:
        self._go(self.history.undo)

    @Slot()
    def _on_redo(self) -> None:
        self._go(self.history.redo)

    def _go(self, way: Callable[[], None]) -> None:
        row = self.row
        way()
        self._fill_boxes()
        self._show(row)
        self._tell()

    @Slot()
    def _on_start(self) -> None:
        chosen = {**PRESETS, **self._presets}[str(self.start_box.currentData())]
        try:
            self._take(as_own(chosen))
        except EngineError as error:
            self.say(str(error), True)
            return
        self._fill_boxes()
        self._show(0)

    @Slot()
    def _on_loss(self) -> None:
        kind = str(self.loss_box.currentData())
        own = self.preset
        self._take(OwnPreset.of(own.name, own.title, own.question, own.draft, kind, own.defaults))
        self._show(self.row)

    # Keeping.

    @Slot()
    def _on_code(self) -> None:
        if self._code is None:
            self._code = CodeView(self)
        self._code.show_preset(self.preset)
        self._code.show()

    @Slot()
    def _on_save(self) -> None:
        try:
            kept = save_own(self.preset, self.name_line.text())
        except (ConfigurationError, OSError) as error:
            self.say(f"⚠ {error}", True)
            return
        self.history.push(kept, "saved")
        self.say(f"Kept as {kept.title}: choose it above, or with --preset {kept.name} on the command line.")
        self.saved.emit(kept)
