"""All runs on the disk, of this window, of others and of the command line, and what can be done with them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import EngineError
from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded
from gui.lab.messages import Messages
from gui.lab.model_library import ModelLibrary
from gui.lab.training_session import TrainingSession
from gui.services.background_task import BackgroundTasks, Task

if TYPE_CHECKING:
    from engine.storage.model import Model
    from engine.storage.runs.run_entry import RunEntry
    from engine.storage.runs.run_store import RunStore
    from engine.training.checkpoint import Checkpoint
    from models.presets.preset import ModelPreset
    from models.recipes.earlier_training import EarlierTraining


@dataclass(frozen=True, slots=True, eq=False)
class KeptRun:
    """A run as it was when it was read.

    Attributes:
        entry: what is known of it.
        epochs: the metrics of its finished epochs.
        state: "under way", "cut off", or why it ended.
        can_go_on: whether it has a checkpoint.
        size_bytes: what its folder takes on the disk.
    """

    entry: "RunEntry"
    epochs: tuple[EpochEnded, ...]
    state: str
    can_go_on: bool
    size_bytes: int = 0

    @property
    def run_id(self) -> str:
        """The name of its folder."""
        return self.entry.run_id

    @property
    def unfinished(self) -> bool:
        """Whether it ended before its time."""
        return self.can_go_on and self.state in ("cut off", "stopped", "failed")


class Offer(NamedTuple):
    """A run that was cut off, and what is said of it."""

    run_id: str
    words: str


class _Start(NamedTuple):
    """What a training needs that goes on with a run."""

    preset: "ModelPreset"
    config: TrainingConfig
    begin: "Checkpoint | Model"
    earlier: "EarlierTraining | None"
    goes_on: str
    parent: str


class KeptRuns(QObject):
    """Reads the runs when it is asked to; slow work is done in the background.

    Signals:
        changed: the runs have been read anew.
        undo_changed: something else, or nothing, can be undone.
        offer_changed: `offer` is another run that was cut off, or none.
    """

    changed = Signal()
    undo_changed = Signal()
    offer_changed = Signal()

    def __init__(
        self, session: TrainingSession, models: ModelLibrary, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._models, self._messages = session, models, messages
        self._tasks = BackgroundTasks(self)
        self._undo: list[tuple[str, Callable[[], object]]] = []
        self.runs: list[KeptRun] = []
        self.offer: Offer | None = None
        self.damaged: dict[str, str] = {}
        self._bin: tuple[str, ...] = ()
        session.set_run_store(_store)
        session.not_kept.connect(messages.message)

    def shut_down(self) -> None:
        """End the work under way."""
        self._tasks.shut_down()

    @Slot()
    def reload(self) -> None:
        """Read the runs anew."""
        self._tasks.start("read", _read, done=self._on_read, failed=self._messages.error.emit)

    def offer_cut_runs(self) -> None:
        """At the start: say once which runs were cut off with their process."""
        self._tasks.start("offer", _mark_cut, done=self._on_cut)

    @Slot()
    def forget_offer(self) -> None:
        """Offer no run any more; it stays where it is."""
        if self.offer is not None:
            self.offer = None
            self.offer_changed.emit()

    # Changes, each of which can be undone.

    @property
    def undo_text(self) -> str:
        """What would be undone, or ""."""
        if self._undo:
            return self._undo[-1][0]
        return "delete" if self._bin else ""

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            text, change = self._undo.pop()
        elif gone := _store().deleted():
            # Of an earlier session, or of the command line.
            text, change = "delete", partial(_restore, [gone[0]])
        else:
            return
        if self._do(change):
            self._messages.message.emit(f"{text.capitalize()} undone.")
        self.undo_changed.emit()

    def rename(self, run_id: str, name: str) -> None:
        """Call a run otherwise; a blank name changes nothing."""
        if name.strip():
            self._change("rename", run_id, partial(_store().change, run_id, name=name.strip()))

    def set_note(self, run_id: str, note: str) -> None:
        """Keep the user's own words with a run."""
        self._change("change of the note", run_id, partial(_store().change, run_id, note=note.strip()))

    def set_star(self, run_id: str, star: bool) -> None:
        """Mark a run, or not."""
        self._change("star", run_id, partial(_store().change, run_id, star=star))

    def delete(self, run_ids: list[str]) -> None:
        """Put runs away."""
        store = _store()
        gone = [run_id for run_id in run_ids if self._do(partial(store.delete, run_id))]
        if gone:
            self._remember("delete", partial(_restore, gone))
            what, them = ("A run is", "it") if len(gone) == 1 else (f"{len(gone)} runs are", "them")
            self._messages.message.emit(f"{what} deleted; Undo brings {them} back for a week.")

    def _change(self, text: str, run_id: str, change: "Callable[[], RunEntry]") -> None:
        def work() -> None:
            before = change()
            self._remember(
                text,
                partial(_store().change, run_id, name=before.name, note=before.note, star=before.star),
            )

        self._do(work)

    def _remember(self, text: str, change: Callable[[], object]) -> None:
        self._undo.append((text, change))
        self.undo_changed.emit()

    def _do(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except EngineError as error:
            self._messages.error.emit(error)
            return False
        finally:
            self.reload()
        return True

    # Going on.

    def continue_exactly(self, run_id: str, more_epochs: int | None) -> None:
        """Train on as if the run had not ended; one that has come to its end, for so many epochs more."""
        self._start(partial(_continuation, run_id, more_epochs))

    def start_from(self, run_id: str, *, best: bool) -> None:
        """Train a new run with the settings of this one, from its best or its last weights."""
        self._start(partial(_new_start, run_id, best))

    def open_model(self, run_id: str, *, best: bool) -> None:
        """Let the model of a run answer."""
        from engine.storage.runs.run_store import RunStore

        path = RunStore().root / run_id / ("best.safetensors" if best else "last.safetensors")
        if path.exists():
            self._models.open(path)
        else:
            self._messages.message.emit("This run ended before its first epoch: no weights of it are kept.")

    def _start(self, prepare: Callable[[Task], _Start]) -> None:
        if self._session.active:
            self._messages.message.emit("A training is under way: stop it before another run goes on.")
            return
        self._tasks.start("start", prepare, done=self._on_prepared, failed=self._messages.error.emit)

    @Slot(object)
    def _on_prepared(self, start: _Start) -> None:
        self._session.start(
            start.preset,
            start.config,
            continue_from=start.begin,
            goes_on=start.goes_on,
            earlier=start.earlier,
            parent=start.parent,
        )

    @Slot(object)
    def _on_read(self, found: tuple[list[KeptRun], dict[str, str], tuple[str, ...]]) -> None:
        self.runs, self.damaged, self._bin = found
        self.changed.emit()
        self.undo_changed.emit()

    @Slot(object)
    def _on_cut(self, cut: list[tuple[str, str, int, int]]) -> None:
        if cut:
            run_id, name, epochs, planned = cut[0]
            others = f", and {len(cut) - 1} more" if len(cut) > 1 else ""
            words = f"The training {name} was cut off after epoch {epochs} of {planned}{others}"
            self._messages.message.emit(f"{words}: go on on the tab Runs.")
            if not self._session.active:
                self.offer = Offer(run_id, f"{words}.")
                self.offer_changed.emit()


def _store() -> "RunStore":
    from engine.storage.runs.run_store import RunStore

    return RunStore()


def _restore(run_ids: list[str]) -> None:
    for run_id in run_ids:
        _store().restore(run_id)


def _read(task: Task) -> tuple[list[KeptRun], dict[str, str], tuple[str, ...]]:
    found, damaged = _store().list()
    runs = []
    for number, (folder, entry) in enumerate(found):
        task.progress(number / len(found))
        runs.append(KeptRun(entry, tuple(folder.epochs()), folder.state(entry), folder.can_go_on, folder.size_bytes()))
    return runs, damaged, _store().deleted()


def _mark_cut(_task: Task) -> list[tuple[str, str, int, int]]:
    """Id, name, finished and planned epochs of the runs that were cut off since this was asked last."""
    cut = []
    for folder, entry in _store().list()[0]:
        if not entry.outcome and not folder.under_way:
            ended = datetime.fromtimestamp(folder.path.stat().st_mtime).isoformat(timespec="seconds")
            message = "The program ended in the middle of the training."
            folder.write_entry(replace(entry, ended=ended, outcome="cut off", message=message))
            if folder.can_go_on:
                cut.append((entry.run_id, entry.name, len(folder.epochs()), int(entry.config.get("epochs", 0))))
    return cut


def _continuation(run_id: str, more_epochs: int | None, _task: Task) -> _Start:
    from models.recipes.kept_runs import earlier_of, preset_of, resumed_config

    folder = _store().find(run_id)
    entry = folder.entry()
    config = resumed_config(folder, entry, more_epochs)
    return _Start(preset_of(entry), config, folder.checkpoint(), earlier_of(entry), run_id, "")


def _new_start(run_id: str, best: bool, _task: Task) -> _Start:
    from models.recipes.kept_runs import preset_of

    folder = _store().find(run_id)
    entry = folder.entry()
    return _Start(preset_of(entry), entry.training_config(), folder.model(best=best), None, "", run_id)
