"""`sweep`: one training for each combination of settings and each seed."""

import argparse
import math
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from engine.core.wording import counted
from engine.errors import ConfigurationError
from engine.evaluation.wording import percent
from models.cli.data_options import add_reading, read_told
from models.cli.output import write_json, write_line, write_note
from models.cli.parsing import Parser, Subparsers, UsageError, add_json, whole_number
from models.cli.presets import add_preset, find_preset
from models.cli.watched_training import watch

if TYPE_CHECKING:
    from models.sweeps.plan import SweepPlan
    from models.sweeps.summary import SweepSummary
    from models.sweeps.sweep import Sweep, TrialState
    from models.sweeps.trial import Digits

_MOST_WORKERS = 256


def add_parser(subparsers: Subparsers) -> None:
    """Add `sweep` with its options."""
    parser: Parser = subparsers.add_parser(
        "sweep",
        help="train with many settings and compare them",
        description="Train a preset with every combination of the values given, each with several seeds, in processes "
        "of this machine or on a Dask cluster. Each trial is kept as a run. With --json one object a finished trial "
        'and a last one with "event": "finished": the best trial, mean and deviation over the seeds.',
    )
    parser.advice = "a setting of the training is told by --vary, such as --vary epochs=5"
    add_preset(parser)
    parser.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="FIELD=V,V…",
        help="a setting of the training, or examples (how many training digits), digits (of logistic, such as 3-8) or "
        "preset, with its values; low..high:4 stands for 4 values in equal steps, low..high:4log in equal factors; "
        "one value holds for all trials; may be given more than once",
    )
    parser.add_argument(
        "--repeat", type=whole_number, metavar="N", default=1, help="train each combination with N seeds (default: 1)"
    )
    parser.add_argument(
        "--workers", type=whole_number, metavar="N", help="processes, one core each (default: one less than there are)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster that trains instead, such as tcp://192.168.0.7:8786"
    )
    parser.add_argument("--data", metavar="PATH", help="digits to learn from (default: the bundled ones)")
    add_reading(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train all trials; 0 when done, 130, 143 or 129 when interrupted.

    Raises:
        UsageError: options that do not go together.
        ConfigurationError: a field or value that does not fit, or not a single trial could be trained.
        DataError: the digits cannot be read.
    """
    find_preset(arguments.preset)
    if arguments.workers is not None and arguments.scheduler is not None:
        raise UsageError("--workers belongs to this machine and --scheduler to a cluster; give one of them.")
    if arguments.workers is not None and not 1 <= arguments.workers <= _MOST_WORKERS:
        raise UsageError(f"--workers must be from 1 to {_MOST_WORKERS}, not {arguments.workers}.")

    from engine.storage.runs.run_store import RunStore
    from models.cli.kept_arguments import remembered
    from models.sweeps.plan import make_plan
    from models.sweeps.summary import summarize
    from models.sweeps.sweep import Sweep
    from models.sweeps.variation import parse_variation

    paths = None if arguments.data is None else [arguments.data]
    remember = remembered(argparse.Namespace(**{**vars(arguments), "data": paths}))
    variations = [parse_variation(text) for text in arguments.vary]
    plan = make_plan(arguments.preset, variations, arguments.repeat, arguments=remember)
    digits, store = _digits(arguments, plan), RunStore()
    if arguments.scheduler is None:
        from models.sweeps.local_processes import LocalProcesses as Local

        workers: Any = Local(digits, store.root, arguments.workers or 0)
    else:
        from models.sweeps.cluster import Cluster

        workers = Cluster(digits, arguments.scheduler)
    ended: SimpleQueue[TrialState] = SimpleQueue()
    sweep = Sweep(plan, workers, store, ended.put)
    report = _Report(plan, as_json=arguments.json)
    report.begin(workers.at_once)
    started = time.perf_counter()
    code = _watch(sweep, ended, report)
    states = sweep.states()
    if not code and all(state.outcome is not None and state.outcome.reason == "failed" for state in states):
        raise ConfigurationError(f"No trial could be trained. {_message(states[0])}")
    report.end(states, summarize(states), time.perf_counter() - started, interrupted=bool(code))
    return code


def _digits(arguments: argparse.Namespace, plan: "SweepPlan") -> "Digits":
    from models.presets import PRESETS
    from models.recipes.training_data import training_data

    kinds = {(trial.preset, trial.digits) for trial in plan.trials}
    # Trials that learn from different digits choose theirs from all.
    preset = plan.trials[0].model_preset() if len(kinds) == 1 else PRESETS["softmax"]
    if arguments.data is None:
        return training_data(preset)
    return training_data(preset, arguments.data, read_told(arguments, arguments.data, "train").dataset())


def _watch(sweep: "Sweep", ended: "SimpleQueue[TrialState]", report: "_Report") -> int:
    """Run the sweep and tell of each trial; the exit code.

    The first Ctrl-C or `kill` lets the trials under way end early, with what they have; a second one cuts them off.
    """

    def look() -> None:
        while not ended.empty():
            report.trial(ended.get())

    return watch(sweep.run, look, lambda again: (sweep.kill if again else sweep.stop)())[1]


class _Report:
    """Lines for people, or JSON for machines."""

    def __init__(self, plan: "SweepPlan", *, as_json: bool) -> None:
        self._plan, self._json, self._count = plan, as_json, 0

    def begin(self, at_once: int) -> None:
        """Say what is going to be tried."""
        if not self._json:
            count = len(self._plan.trials)
            write_line(f"Sweep {self._plan.sweep_id}: {counted(count, 'trial')}, {min(count, at_once)} at a time.")

    def trial(self, state: "TrialState") -> None:
        """A trial has ended."""
        self._count += 1
        if self._json:
            progress = {"ended": self._count, "trials": len(self._plan.trials)}
            write_json({"event": "trial", "sweep": self._plan.sweep_id, **_entries(state), **progress})
        else:
            trial, outcome = state.trial, state.outcome
            metric = _metric(outcome.metrics) if outcome is not None else ""
            write_line(f"[{self._count}/{len(self._plan.trials)}] {trial.title}, seed {trial.config.seed}: "
                       f"{outcome.reason if outcome else ''}{metric}")  # fmt: skip

    def end(self, states: "list[TrialState]", summary: "SweepSummary", seconds: float, *, interrupted: bool) -> None:
        """The sweep as a whole."""
        kept = sum(state.outcome is not None and bool(state.outcome.run) for state in states)
        if interrupted:
            finished = sum(state.outcome is not None and state.outcome.reason != "stopped" for state in states)
            write_note(
                f"Interrupted: {finished} of {counted(len(states), 'trial')} had ended; {counted(kept, 'run')} "
                f"{'is' if kept == 1 else 'are'} kept, those under way with the weights that they had (`runs list`)."
            )
        if self._json:
            write_json(_last(self._plan, states, summary, seconds) | {"kept": kept})
            return
        from models.sweeps.variation import value_text

        name = summary.objective
        for combination in summary.combinations:
            if math.isfinite(mean := combination.mean(name)):
                words = (
                    ", ".join(f"{field} {value_text(value)}" for field, value in combination.values.items())
                    or "all trials"
                )
                deviation, count = combination.deviation(name), len(combination.metrics[name])
                spread = f" ± {_value(name, deviation)}" if math.isfinite(deviation) else ""
                seeds = f" over {count} seeds" if count > 1 else ""
                write_line(f"{words}: {name.replace('_', ' ')} {_value(name, mean)}{spread}{seeds}")
        if summary.best is not None and summary.best.outcome is not None:
            best, run_id = summary.best, summary.best.outcome.run
            write_line(f"Best: {best.trial.title}, seed {best.trial.config.seed}{_metric(summary.best.outcome.metrics)}"
                       f"{f', kept as the run {run_id}' if run_id else ''}.")  # fmt: skip


def _entries(state: "TrialState") -> dict[str, Any]:
    trial, outcome = state.trial, state.outcome
    entries: dict[str, Any] = {
        "trial": trial.number, "preset": trial.preset, "values": dict(trial.values), "seed": trial.config.seed,
        "settings": trial.config.to_dict(), "examples": trial.examples, "digits": trial.digits,
    }  # fmt: skip
    if outcome is not None:
        entries |= {
            "reason": outcome.reason, "message": outcome.message, "epochs": outcome.epochs,
            "best_epoch": outcome.best_epoch, "seconds": outcome.seconds, **outcome.metrics,
            "run": outcome.run or None,
        }  # fmt: skip
    return entries


def _last(plan: "SweepPlan", states: "list[TrialState]", summary: "SweepSummary", seconds: float) -> dict[str, Any]:
    reasons = [state.outcome.reason for state in states if state.outcome is not None]
    combinations = [
        {
            "values": combination.values,
            "trials": combination.trials,
            "mean": {name: combination.mean(name) for name in combination.metrics},
            "deviation": {name: combination.deviation(name) for name in combination.metrics},
        }
        for combination in summary.combinations
    ]
    return {
        "event": "finished",
        "sweep": plan.sweep_id,
        "trials": len(states),
        "reasons": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "objective": summary.objective,
        "best": None if summary.best is None else _entries(summary.best),
        "combinations": combinations,
        "seconds": seconds,
    }


def _message(state: "TrialState") -> str:
    return "" if state.outcome is None else state.outcome.message


def _metric(metrics: dict[str, float]) -> str:
    names = ("validation_accuracy", "validation_exact_match", "validation_loss")
    name = next((name for name in names if name in metrics), None)
    return "" if name is None else f", {name.replace('_', ' ')} {_value(name, metrics[name])}"


def _value(name: str, value: float) -> str:
    return f"{value:.4f}" if name.endswith("loss") else percent(value, 2)
