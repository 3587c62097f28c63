"""`runs`: the trainings that are kept, by the window and by `train` alike."""

import argparse
import math
from typing import TYPE_CHECKING, Any

from engine.evaluation.wording import percent
from models.cli.output import write_json, write_line, write_note
from models.cli.parsing import Parser, Subparsers, UsageError, add_json, whole_number

if TYPE_CHECKING:
    from engine.storage.runs.run_entry import RunEntry
    from engine.storage.runs.run_folder import RunFolder
    from engine.storage.runs.run_store import RunStore
    from engine.training.messages import EpochEnded

_ACTIONS = ("list", "show", "resume", "repeat", "delete")


def add_parser(subparsers: Subparsers) -> None:
    """Add `runs` with its actions."""
    parser: Parser = subparsers.add_parser(
        "runs", help="list, show, resume, repeat or delete kept trainings", description="Trainings that are kept."
    )
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        metavar="ACTION",
        help="list (default); show: settings and epochs; resume: go on exactly where it was cut off or stopped; "
        "repeat: the same settings, seed and digits once more; delete",
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="the run's id, the beginning of it, or its name")
    parser.add_argument(
        "--epochs", type=whole_number, metavar="N", help="with resume: train a run that has ended N epochs further"
    )
    parser.add_argument("--save", metavar="FILE", help="with resume and repeat: write the model to this file, too")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked for; as `train` for resume and repeat, else 0.

    Raises:
        UsageError: another word than an action, or no id where one is needed.
        DataError, ModelFileError, ConfigurationError: there is no such run, or it cannot be read or go on.
    """
    from engine.storage.runs.run_store import RunStore

    if arguments.action not in _ACTIONS:
        raise UsageError(f"There is no action {arguments.action!r}; choose one of {', '.join(_ACTIONS)}.")
    if arguments.action not in ("resume", "repeat") and (arguments.save or arguments.epochs is not None):
        raise UsageError("--save and --epochs belong to resume and repeat.")
    store = RunStore()
    if arguments.action == "list":
        if arguments.id is not None:
            raise UsageError(f"`runs list` takes no id; `runs show {arguments.id}` shows one run.")
        return _list(store, as_json=arguments.json)
    if arguments.id is None:
        raise UsageError(f"`runs {arguments.action}` needs the id of a run; `runs list` shows them.")
    folder = store.find(arguments.id)
    if arguments.action == "show":
        return _show(folder, as_json=arguments.json)
    if arguments.action == "delete":
        store.delete(folder.run_id)
        if arguments.json:
            write_json({"deleted": folder.run_id})
        else:
            write_line(f"Deleted {folder.run_id}.")
        return 0
    return _train(folder, arguments)


def _list(store: "RunStore", *, as_json: bool) -> int:
    runs, damaged = store.list()
    for folder, entry in runs:
        if as_json:
            write_json(_summary(folder, entry))
            continue
        epochs = folder.epochs()
        best = best_epoch(epochs)
        shown = "" if best is None else f", {_metric(best)}"
        star = "* " if entry.star else "  "
        planned = entry.config.get("epochs", "?")
        write_line(f"{star}{entry.run_id}  {entry.name}: {folder.state(entry)}, epoch {len(epochs)}/{planned}{shown}")
    if not runs and not as_json:
        write_line("There are no runs yet: `train` and the window keep each training here.")
    for sentence in damaged.values():
        write_note(sentence)
    return 0


def _show(folder: "RunFolder", *, as_json: bool) -> int:
    from models.cli.training_report import TrainingReport, epoch_entries
    from models.recipes.kept_runs import preset_of

    entry, epochs = folder.entry(), folder.epochs()
    if as_json:
        write_json({**_summary(folder, entry), "epochs": [epoch_entries(event) for event in epochs]})
        return 0
    data = entry.data
    write_line(f"{entry.run_id}: {entry.name}")
    began, ended = entry.started[:19], entry.ended[:19] or "-"
    write_line(f"{folder.state(entry)}; started {began}, ended {ended}. {entry.message}".rstrip())
    write_line(f"Learned from {data.name}: {data.images:,} images, {data.validation_images:,} more for validation.")
    if entry.note:
        write_line(f"Note: {entry.note}")
    write_line(", ".join(f"{name} {value}" for name, value in entry.config.items() if value is not None))
    report = TrainingReport(preset_of(entry), entry.training_config())
    for change in entry.knob_changes():
        write_line(f"After {change.step:,} batches: {change.text}")
    for event in epochs:
        write_line(report.epoch_line(event))
    write_line(f"Folder: {folder.path}")
    return 0


def _train(folder: "RunFolder", arguments: argparse.Namespace) -> int:
    from models.cli.kept_arguments import recalled
    from models.cli.train import train
    from models.recipes.kept_runs import preset_of, resumed_config

    entry = folder.entry()
    preset, config = preset_of(entry), entry.training_config()
    options = recalled(entry, save=arguments.save, as_json=arguments.json)
    if arguments.action == "repeat":
        if arguments.epochs is not None:
            raise UsageError("--epochs belongs to resume: a run is repeated as it was.")
        return train(options, preset, config, changes=entry.knob_changes())
    # The checkpoint has the weights.
    options.start_from = None
    return train(options, preset, resumed_config(folder, entry, arguments.epochs), folder)


def best_epoch(epochs: "list[EpochEnded]") -> "EpochEnded | None":
    """The epoch with the lowest validation loss (training loss without validation); None before the first."""
    return next((event for event in reversed(epochs) if event.best), None)


def _metric(event: "EpochEnded") -> str:
    metrics = event.validation_metrics or event.metrics
    if "accuracy" in metrics and not math.isnan(metrics["accuracy"]):
        return f"best {percent(metrics['accuracy'], 2)} in epoch {event.epoch}"
    loss = event.loss if event.validation_loss is None else event.validation_loss
    return f"best loss {loss:.4f} in epoch {event.epoch}"


def _summary(folder: "RunFolder", entry: "RunEntry") -> dict[str, Any]:
    from models.cli.training_report import epoch_entries

    epochs = folder.epochs()
    best = best_epoch(epochs)
    values = entry.to_json()
    return {
        "id": values.pop("run_id"),
        **values,
        "state": folder.state(entry),
        "finished_epochs": len(epochs),
        "best": None if best is None else epoch_entries(best),
        "last": epoch_entries(epochs[-1]) if epochs else None,
        "folder": str(folder.path),
    }
