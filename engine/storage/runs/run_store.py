"""All kept runs: a folder with a folder for each."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from engine.core.file_io import reason_of
from engine.core.user_folders import data_folder
from engine.errors import DataError, EngineError
from engine.storage.runs.run_entry import RunEntry
from engine.storage.runs.run_folder import ENTRY_FILE, RunFolder
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig

_BIN = ".deleted"
# What was deleted can be brought back for so long.
_KEPT_IN_BIN_SECONDS = 7 * 24 * 3600.0


class RunStore:
    """Makes, finds and deletes runs. Nothing is remembered between two calls, so several programs may share a folder.

    Args:
        root: the folder of the runs; None for the user's own. It is made when it is needed.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root if root is not None else data_folder() / "runs"

    def list(self) -> tuple[list[tuple[RunFolder, RunEntry]], dict[str, str]]:
        """The runs, newest first, and for each folder that cannot be read one sentence why."""
        found: list[tuple[RunFolder, RunEntry]] = []
        damaged: dict[str, str] = {}
        try:
            paths = sorted((path for path in self.root.iterdir() if path.is_dir()), reverse=True)
        except OSError:
            return found, damaged
        for path in paths:
            if path.name.startswith("."):
                continue
            folder = RunFolder(path)
            try:
                found.append((folder, folder.entry()))
            except DataError as error:
                damaged[path.name] = str(error)
        found.sort(key=lambda run: run[1].started, reverse=True)
        return found, damaged

    def find(self, text: str) -> RunFolder:
        """The run with this id, this beginning of an id, or this name.

        Raises:
            DataError: there is none, or more than one.
        """
        if _is_id(text) and (self.root / text / ENTRY_FILE).is_file():
            return RunFolder(self.root / text)
        runs, damaged = self.list()
        if text in damaged:
            raise DataError(damaged[text])
        fitting = [folder for folder, entry in runs if text == entry.name or (text and entry.run_id.startswith(text))]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise DataError(f"{text!r} fits {len(fitting)} runs; give more of the id: `runs list` shows them.")
        raise DataError(f"There is no run {text!r}; `runs list` shows those that there are.")

    def create(self, entry: RunEntry, run_id: str = "") -> RunFolder:
        """A folder for a new run, locked; its id is made here unless one is given, whose folder must not exist.

        Raises:
            DataError: the folder cannot be written.
        """
        moment = datetime.now()
        run_id = run_id or f"{moment:%Y%m%d-%H%M%S}-{entry.preset}-{uuid4().hex[:4]}"
        folder = RunFolder(self.root / run_id)
        try:
            folder.path.mkdir(parents=True)
            folder.lock()
            folder.write_entry(replace(entry, run_id=run_id, started=moment.isoformat(timespec="milliseconds")))
        except OSError as error:
            folder.unlock()
            raise DataError(f"The run cannot be kept in {self.root}: {reason_of(error)}.") from error
        return folder

    def take_in(self, run_id: str, files: Mapping[str, bytes]) -> None:
        """Keep a run that was written elsewhere, all or nothing; one that is there already stays as it is.

        Raises:
            DataError: the folder cannot be written.
        """
        arriving = self.root / f".arriving-{uuid4().hex}"
        try:
            arriving.mkdir(parents=True)
            for name, data in files.items():
                (arriving / Path(name).name).write_bytes(data)
            if not (self.root / run_id).exists():
                arriving.rename(self.root / run_id)
        except OSError as error:
            raise DataError(f"The run cannot be kept in {self.root}: {reason_of(error)}.") from error
        finally:
            shutil.rmtree(arriving, ignore_errors=True)

    def reopen(self, run_id: str, checkpoint: Checkpoint, config: TrainingConfig) -> RunFolder:
        """A run that goes on exactly where its checkpoint is: later epochs are cut; locked.

        Raises:
            DataError: there is no such run, or it is under way, or its folder cannot be written.
        """
        folder = self.find(run_id)
        entry = folder.entry()
        try:
            folder.lock()
            folder.write_epochs(list(checkpoint.state.history))
            changes = tuple(asdict(change) for change in checkpoint.state.changes)
            folder.write_entry(
                replace(entry, config=config.to_dict(), changes=changes, ended="", outcome="", message="")
            )
        except OSError as error:
            folder.unlock()
            raise DataError(f"The run {run_id} cannot be written: {reason_of(error)}.") from error
        return folder

    def change(
        self, run_id: str, *, name: str | None = None, note: str | None = None, star: bool | None = None
    ) -> RunEntry:
        """Give a run another name, note or star, also while it is under way; what it was before.

        Raises:
            DataError: there is no such run, or it cannot be written.
        """
        folder = self.find(run_id)
        entry = folder.entry()
        new = replace(
            entry,
            name=entry.name if name is None else name,
            note=entry.note if note is None else note,
            star=entry.star if star is None else star,
        )
        try:
            folder.write_entry(new)
        except OSError as error:
            raise DataError(f"The run {run_id} cannot be changed: {reason_of(error)}.") from error
        return entry

    def delete(self, run_id: str) -> None:
        """Put a run away; `restore` brings it back for a week.

        Raises:
            DataError: there is no such run, it is under way, or it cannot be moved.
        """
        path = self.root / run_id
        if not _is_id(run_id) or not path.is_dir():
            raise DataError(f"There is no run {run_id!r}; `runs list` shows those that there are.")
        if RunFolder(path).under_way:
            raise DataError(f"The run {run_id} is under way; stop it before it is deleted.")
        self._empty_bin()
        self._move(path, self.root / _BIN / run_id)

    def deleted(self) -> tuple[str, ...]:
        """Ids of the runs that `restore` can bring back, the one that was deleted last first."""
        self._empty_bin()
        try:
            found = [(path.stat().st_mtime_ns, path.name) for path in (self.root / _BIN).iterdir() if _is_id(path.name)]
        except OSError:
            return ()
        return tuple(run_id for _, run_id in sorted(found, reverse=True))

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back; raises `DataError` when it is not there any more."""
        path = self.root / _BIN / run_id
        if not _is_id(run_id) or not path.is_dir():
            raise DataError(f"The run {run_id} is not there any more.")
        self._move(path, self.root / run_id)

    def _move(self, source: Path, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            target.touch()
        except OSError as error:
            raise DataError(f"The run {source.name} cannot be moved: {reason_of(error)}.") from error

    def _empty_bin(self) -> None:
        oldest = time.time() - _KEPT_IN_BIN_SECONDS
        try:
            old = [path for path in (self.root / _BIN).iterdir() if path.stat().st_mtime < oldest]
        except OSError:
            return
        for path in old:
            shutil.rmtree(path, ignore_errors=True)


def _is_id(text: str) -> bool:
    return bool(text) and not text.startswith(".") and "/" not in text and "\\" not in text and text == Path(text).name


def problem_of(error: Exception) -> str:
    """An error of writing in words for a person."""
    return str(error) if isinstance(error, EngineError) else f"The run cannot be kept: {reason_of(error)}."
