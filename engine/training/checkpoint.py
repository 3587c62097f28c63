"""A training run, frozen: all that is needed to go on exactly where it was."""

import io
import json
import os
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import reason_of, write_atomically
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, ModelFileError
from engine.training.config import MOST_EPOCHS, TrainingConfig
from engine.training.knobs import KnobChange
from engine.training.messages import EpochEnded
from engine.training.run import Run
from engine.training.run_state import RunState

_FORMAT = "digitlab checkpoint 1"
# Settings that may differ when a run goes on: they do not change what a step does.
_FREE_SETTINGS = frozenset({"epochs", "threads", "restore_best", "metrics", "csv_settings", "checkpoint_settings"})
_STOPPING_SETTINGS = frozenset({"patience", "tolerance"})


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Copies of everything that changes during a run.

    Attributes:
        config: settings of the run, as plain JSON values.
        weights: snapshot of the network's values and state after the last step, whichever epoch was the best.
        optimizer: state of the optimizer: numbers and flat arrays.
        schedule: state of the schedule, as plain JSON values.
        callbacks: state of each callback that has one, as plain JSON values.
        state: position, history and best weights.
        metrics: running metrics of the epoch that was under way.
        gave_best: whether the run had ended and given back the weights of its best epoch.

    Random draws need no state: they follow from the seed and the position (`engine.batches.seeds`).
    """

    config: dict[str, Any]
    weights: FloatArray
    optimizer: dict[str, Any]
    schedule: dict[str, Any]
    callbacks: tuple[dict[str, Any], ...]
    state: RunState
    metrics: dict[str, Any]
    gave_best: bool = False

    @property
    def given_weights(self) -> FloatArray:
        """The network's parameters, (n,), when the checkpoint was taken: the best epoch's if the run gave them back."""
        best = self.state.best_weights
        return best if self.gave_best and best is not None else self.weights

    @classmethod
    def of(cls, run: Run) -> Self:
        """Copy a run; between batches, or when `fit` has returned."""
        last = run.last_weights
        return cls(
            config=run.config.to_dict(),
            weights=run.network.store.snapshot() if last is None else last,
            optimizer=run.optimizer.state_dict(),
            schedule=run.schedule.state_dict(),
            callbacks=tuple(state for callback in run.callbacks if (state := callback.state_dict())),
            state=run.state.copy(),
            metrics=run.metrics.state_dict(),
            gave_best=last is not None,
        )

    def changed_setting(self, config: TrainingConfig) -> str | None:
        """The first setting that keeps a run with `config` from going on exactly, or None."""
        now = config.to_dict()
        for name in sorted(self.config):
            before = self.config[name]
            if name in _STOPPING_SETTINGS:
                # Another limit is no matter, but the callback that watches it has a memory.
                if (before is None) != (now[name] is None):
                    return name
            elif name not in _FREE_SETTINGS and (tuple(before) if isinstance(before, list) else before) != now[name]:
                return name
        return None

    def longer(self, config: TrainingConfig) -> TrainingConfig:
        """The settings for `config.epochs` more epochs: a run that goes on exactly counts its epochs from its start."""
        if self.changed_setting(config) is not None:
            return config
        # An epoch that was begun is ended first.
        begun = self.state.epoch + (1 if self.state.batch else 0)
        return replace(config, epochs=min(MOST_EPOCHS, begun + config.epochs))

    def restore(self, run: Run) -> None:
        """Put a run, its network and its optimizer back to this point.

        The run may be a new one, with a network of the same architecture and equal settings; only the number of
        epochs and when to stop may differ. Raises `ConfigurationError` when another setting does, and `ShapeError` when
        the network does not fit.
        """
        name = self.changed_setting(run.config)
        if name is not None:
            raise ConfigurationError(
                f"The run was started with {name} = {self.config[name]} and cannot go on exactly with "
                f"{getattr(run.config, name)}.",
                name,
            )
        # A callback without a memory, such as one that only watches, may come and go.
        states = [state for state in self.callbacks if state]
        remembering = [callback for callback in run.callbacks if callback.state_dict()]
        if len(states) != len(remembering):
            raise ConfigurationError("A run has to be resumed with the callbacks that it was started with.")
        run.network.store.restore(self.weights)
        run.last_weights = None
        run.optimizer.load_state_dict(self.optimizer)
        run.schedule.load_state_dict(self.schedule)
        for callback, state in zip(remembering, states, strict=True):
            callback.load_state_dict(state)
        run.state = self.state.copy()
        run.metrics.load_state_dict(self.metrics)

    def save(self, path: str | os.PathLike[str], *, sync: bool = True) -> None:
        """Write a file, all or nothing; raises `ModelFileError` when that fails.

        Args:
            path: where.
            sync: force it to the disk, so that it survives a power cut.
        """
        arrays: dict[str, NDArray[Any]] = {"weights": self.weights, "outputs": self.metrics["outputs"]}
        if self.state.best_weights is not None:
            arrays["best_weights"] = self.state.best_weights
        arrays |= {f"optimizer.{name}": v for name, v in self.optimizer.items() if isinstance(v, np.ndarray)}
        position = {f: getattr(self.state, f) for f in ("epoch", "batch", "step", "best_epoch", "seconds", "images")}
        document = {
            "format": _FORMAT,
            "config": self.config,
            "optimizer": {name: v for name, v in self.optimizer.items() if not isinstance(v, np.ndarray)},
            "schedule": self.schedule,
            "callbacks": self.callbacks,
            "position": position,
            "best_loss": self.state.best_loss if self.state.best_epoch else None,
            "history": [asdict(event) for event in self.state.history],
            "changes": [asdict(change) for change in self.state.changes],
            "gave_best": self.gave_best,
            "figures": {name: v for name, v in self.metrics.items() if name != "outputs"},
        }
        arrays["document"] = np.frombuffer(json.dumps(document).encode(), np.uint8)
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **arrays)
        try:
            write_atomically(path, stream.getvalue(), sync=sync)
        except OSError as error:
            raise ModelFileError(
                f"The checkpoint {Path(path).name} could not be written: {reason_of(error)}."
            ) from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote; raises `ModelFileError` when the file is missing, damaged or something else."""
        try:
            with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            document = json.loads(arrays.pop("document").tobytes())
            if document["format"] != _FORMAT:
                raise ValueError("another format")
            state = RunState(
                **document["position"],
                best_loss=float("inf") if document["best_loss"] is None else document["best_loss"],
                best_weights=arrays.get("best_weights"),
                history=[EpochEnded(**event) for event in document["history"]],
                changes=[KnobChange(**change) for change in document.get("changes", ())],
            )
            slots = {name.removeprefix("optimizer."): v for name, v in arrays.items() if name.startswith("optimizer.")}
            return cls(
                config=document["config"],
                weights=arrays["weights"],
                optimizer=document["optimizer"] | slots,
                schedule=document["schedule"],
                callbacks=tuple(document["callbacks"]),
                state=state,
                metrics=document["figures"] | {"outputs": arrays["outputs"]},
                gave_best=bool(document.get("gave_best", False)),
            )
        except OSError as error:
            raise ModelFileError(f"The checkpoint {Path(path).name} could not be read: {reason_of(error)}.") from error
        except (
            ConfigurationError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            EOFError,
            zipfile.BadZipFile,
        ) as error:
            raise ModelFileError(f"{Path(path).name} is not a checkpoint, or it is damaged.") from error
