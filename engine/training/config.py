"""Everything that decides how a network is trained, validated once, when it is made."""

from dataclasses import asdict, dataclass
from typing import Any

from engine.core.number_check import is_finite_number
from engine.errors import ConfigurationError

MOST_EPOCHS = 100_000


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The settings of one training run; two runs with equal settings and data give equal weights.

    Attributes:
        optimizer: key of `engine.optimizers.OPTIMIZERS`.
        learning_rate: step size, > 0.
        batch_size: examples in a step, ≥ 1 (full-batch optimizers ignore it).
        epochs: passes over the training data, ≥ 1.
        l1, l2: weights of the penalties l1·Σ|w| and l2·Σw² over kernels, ≥ 0.
        momentum: used by optimizers that have one, in [0, 1).
        weight_decay: λ of AdamW, by which every weight shrinks beside its step, ≥ 0.
        schedule: key of `engine.optimizers.schedules.SCHEDULES`.
        schedule_settings: of this schedule, by the names of its class: "factor=0.5 patience=3"; "" for the usual ones.
        stopping_settings: of `EarlyStopping`, likewise; used with `patience`.
        csv_settings: of Keras' `CSVLogger`, likewise: a table of the epochs' metrics; "" for none.
        checkpoint_settings: of Keras' `ModelCheckpoint`, likewise: files of the model after epochs; "" for none.
        metrics: names of further metrics, separated by blanks: keys of `engine.evaluation.metrics.METRICS`.
        clip_norm: the gradient's Euclidean norm is cut to this, > 0, or None.
        patience: epochs without a better validation loss before stopping, or None.
        tolerance: stop when the training loss of an epoch improves by less than this, or None.
        restore_best: give back the weights of the best epoch when training completes.
        class_weights: one weight a class, or None.
        balance: whether each class counts the same in the loss, however many examples it has.
        distinct: whether validation examples that are also training examples are left out.
        augment: whether training images are varied (rotation, scale, shear, shift) in every epoch.
        refuse: whether drawings that are no digit are mixed in, so that the model learns to refuse them.
        seed: of every random draw.
        threads: worker threads, 0 for a good default on this machine.
    """

    optimizer: str = "adam"
    learning_rate: float = 0.001
    batch_size: int = 128
    epochs: int = 10
    l1: float = 0.0
    l2: float = 0.0
    momentum: float = 0.9
    weight_decay: float = 0.004
    schedule: str = "constant"
    schedule_settings: str = ""
    stopping_settings: str = ""
    csv_settings: str = ""
    checkpoint_settings: str = ""
    metrics: str = ""
    clip_norm: float | None = None
    patience: int | None = None
    tolerance: float | None = None
    restore_best: bool = False
    class_weights: tuple[float, ...] | None = None
    balance: bool = False
    distinct: bool = False
    augment: bool = False
    refuse: bool = False
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        for field in ("batch_size", "epochs", "seed", "threads", "patience"):
            value = getattr(self, field)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
                raise ConfigurationError(f"{_words(field)} must be a whole number, not {value!r}.", field)
        for field in ("learning_rate", "l1", "l2", "momentum", "weight_decay", "clip_norm", "tolerance"):
            value = getattr(self, field)
            if value is not None and not is_finite_number(value):
                raise ConfigurationError(f"{_words(field)} must be a finite number, not {value!r}.", field)
        self._require(self.learning_rate > 0, "learning_rate", "must be greater than 0")
        self._require(1 <= self.batch_size <= 1_000_000, "batch_size", "must be from 1 to 1,000,000")
        self._require(1 <= self.epochs <= MOST_EPOCHS, "epochs", f"must be from 1 to {MOST_EPOCHS:,}")
        self._require(self.l1 >= 0, "l1", "must not be negative")
        self._require(self.l2 >= 0, "l2", "must not be negative")
        self._require(0 <= self.momentum < 1, "momentum", "must be at least 0 and less than 1")
        self._require(self.weight_decay >= 0, "weight_decay", "must not be negative")
        self._require(0 <= self.seed < 2**32, "seed", "must be from 0 to 4,294,967,295")
        self._require(0 <= self.threads <= 1024, "threads", "must be from 0 (automatic) to 1,024")
        self._require(self.clip_norm is None or self.clip_norm > 0, "clip_norm", "must be greater than 0")
        self._require(self.patience is None or self.patience >= 1, "patience", "must be at least 1")
        self._require(self.tolerance is None or self.tolerance >= 0, "tolerance", "must not be negative")

    def _require(self, condition: bool, field: str, rule: str) -> None:
        if not condition:
            raise ConfigurationError(f"{_words(field)} {rule}, not {getattr(self, field)}.", field)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        return asdict(self)


def _words(field: str) -> str:
    """The name of a field as the window writes it: "Learning rate"."""
    special = {"l1": "L1", "l2": "L2", "clip_norm": "Gradient clipping"}
    return special.get(field, field.replace("_", " ").capitalize())
