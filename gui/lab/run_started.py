"""What is known of a training run when it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.training.config import TrainingConfig

if TYPE_CHECKING:
    # Only for the checker: these would make the window's start-up load the whole engine.
    from engine.storage.model import Model
    from engine.training.hints.observations import DataFacts
    from engine.training.messages import EpochEnded
    from models.presets.preset import Augmentation, ModelPreset


@dataclass(frozen=True, slots=True, eq=False)
class RunStarted:
    """What is known once the data are loaded and the network is built.

    Attributes:
        run_id: number of the run.
        preset, config: what is trained, and how.
        training_count, validation_count: digits that the run uses.
        model: the watcher's own copy of the untrained model: the trainer never touches it, so that the window may
            answer drawings with it and write weight snapshots into it.
        continued: whether the run goes on with the weights of an earlier one, so that its curves go on too.
        first_epoch: what to add to this run's epochs for the charts: 0 for a fresh run and for one that is resumed
            exactly (its batches are numbered on), else the epochs that the weights have already seen.
        first_step: what to add to this run's steps, likewise.
        negative_count: drawings that are no digit, which the run uses too.
        kept_as: id of the run on disk, or "" where it is not kept.
        facts: what the digits are, in numbers; None where nobody counted them.
        knobs: those that can be turned while it goes on, with their values at its start.
        augmentation: what can vary the digits, at its usual strength; None where that would change the answer.
        earlier: finished epochs of the weights' record, for charts that hold the curves of another model.
        probe: some training digits, (n, *input_shape), and their targets, to look at the network's layers with.
    """

    run_id: int
    preset: "ModelPreset"
    config: TrainingConfig
    training_count: int
    validation_count: int
    model: "Model"
    continued: bool = False
    first_epoch: float = 0.0
    first_step: int = 0
    negative_count: int = 0
    kept_as: str = ""
    facts: "DataFacts | None" = None
    knobs: Mapping[str, float] = field(default_factory=dict)
    augmentation: "Augmentation | None" = None
    earlier: "tuple[EpochEnded, ...]" = ()
    probe: "tuple[FloatArray, NDArray[Any]] | None" = None
