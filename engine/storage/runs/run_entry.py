"""What is known of a kept run: the contents of its `run.json`."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from engine.errors import ConfigurationError, DataError
from engine.training.config import TrainingConfig
from engine.training.knobs import KnobChange

FORMAT = "digitlab run 1"


@dataclass(frozen=True, slots=True)
class RunData:
    """What a run learns from.

    Attributes:
        name: what the digits are called.
        fingerprint: of the training and the validation digits together, as `engine.data.Dataset.fingerprint`.
        images, validation_images: how many.
        arguments: the options of the command line that name the digits, as plain JSON values; empty where the window
            chose them.
    """

    name: str
    fingerprint: str
    images: int = 0
    validation_images: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run.

    Attributes:
        run_id: the name of its folder.
        name: what the user calls it.
        preset: name of the preset.
        labels: of the preset: of logistic, they say which two digits.
        config: the settings, as plain JSON values.
        data: what it learns from.
        version: of the program.
        started, ended: local times in ISO 8601; "" while it is under way, and when it was cut off.
        outcome: `TrainingFinished.reason`, "cut off" when the process died, or "" while nothing is known.
        message: how it ended, in one sentence.
        note: the user's own words.
        star: whether the user marked it.
        parent: the run whose weights it began with, or "".
        sweep: id of the sweep that it belongs to, or "".
        changes: turns of knobs while it went on, as plain JSON values of `engine.training.knobs.KnobChange`.
        earlier_epochs, earlier_steps, earlier_seconds: what these weights had gone through.
        network: of a network that the user built, all that is needed to build it again, as plain JSON values.
    """

    run_id: str
    name: str
    preset: str
    labels: tuple[str, ...]
    config: dict[str, Any]
    data: RunData
    version: str = ""
    started: str = ""
    ended: str = ""
    outcome: str = ""
    message: str = ""
    note: str = ""
    star: bool = False
    parent: str = ""
    sweep: str = ""
    changes: tuple[dict[str, Any], ...] = ()
    earlier_epochs: int = 0
    earlier_steps: int = 0
    earlier_seconds: float = 0.0
    network: dict[str, Any] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """Of every random draw."""
        return int(self.config.get("seed", 0))

    def training_config(self) -> TrainingConfig:
        """The settings, checked.

        Raises:
            DataError: they are none of this version.
        """
        try:
            values = dict(self.config)
            if values.get("class_weights") is not None:
                values["class_weights"] = tuple(values["class_weights"])
            return TrainingConfig(**values)
        except (TypeError, ConfigurationError) as error:
            raise DataError(f"The settings of the run {self.run_id} are not those of this version.") from error

    def knob_changes(self) -> tuple[KnobChange, ...]:
        """The turns of knobs.

        Raises:
            DataError: they are none of this version.
        """
        try:
            return tuple(KnobChange(**change) for change in self.changes)
        except (TypeError, ConfigurationError) as error:
            raise DataError(f"The turns of knobs of the run {self.run_id} are not those of this version.") from error

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"format": FORMAT, "seed": self.seed, **asdict(self)}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Take back what `to_json` gave; what a newer version added is left out.

        Raises:
            ValueError: this is no run.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise ValueError("it is not a run of this version")
        data = value.get("data")
        known = {name: entry for name, entry in value.items() if name in _NAMES and name != "data"}
        if not isinstance(data, dict) or any(
            not isinstance(entry, _KINDS.get(name, str)) for name, entry in known.items()
        ):
            raise ValueError("an entry is of the wrong kind")
        try:
            known["changes"] = tuple(known.get("changes", ()))
            known["labels"] = tuple(str(label) for label in known["labels"])
            part = RunData(**{name: entry for name, entry in data.items() if name in _DATA_NAMES})
            return cls(data=part, **known)
        except (TypeError, KeyError) as error:
            raise ValueError("an entry is missing") from error


_NAMES = {one.name for one in fields(RunEntry)}
_DATA_NAMES = {one.name for one in fields(RunData)}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "labels": (list, tuple), "changes": (list, tuple), "config": dict, "network": dict, "star": bool,
    "earlier_epochs": int, "earlier_steps": int, "earlier_seconds": (int, float),
}  # fmt: skip
