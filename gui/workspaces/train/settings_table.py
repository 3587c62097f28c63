"""The settings of a training run as the window shows them: one record a field, in order.

To show a further setting of `TrainingConfig`, add a record; the form, its checks and its memory follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

# "optional" kinds may be left empty, which means None.
# "settings" are those of a class, by the names of its constructor; "text" is any.
FieldKind = Literal["number", "whole", "optional number", "optional whole", "choice", "switch", "settings", "text"]


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """What a field is called, how it is typed and what it means.

    Attributes:
        key: attribute of `TrainingConfig`.
        label: what stands above the field.
        explanation: what the field does, for a person; simple HTML with the formula where there is one.
        kind: how it is edited.
        example: a value that is allowed, for the sentence that refuses another.
        advanced: whether it waits behind "Advanced".
        weight: width compared with an ordinary field.
        optimizers: the optimizers that use it; () for all.
    """

    key: str
    label: str
    explanation: str
    kind: FieldKind
    example: str = ""
    advanced: bool = False
    weight: float = 1.0
    optimizers: tuple[str, ...] = ()


_STEPPING: Final = (
    "gradient_descent",
    "momentum",
    "nesterov",
    "rmsprop",
    "adam",
    "adamw",
    "adagrad",
    "adamax",
    "nadam",
)

FIELDS: Final = (
    FieldRecord(
        "optimizer",
        "Optimizer",
        "How the weights move once the gradient g of the loss is known.<br><b>Gradient descent</b>: "
        "w ← w − α·g.<br><b>Momentum</b> gathers speed in a direction that stays the same.<br><b>RMSProp</b> and "
        "<b>Adam</b> give every weight a step size of its own.<br><b>L-BFGS</b> uses all examples at once and finds "
        "the length of each step itself.",
        "choice",
        weight=1.7,
    ),
    FieldRecord(
        "learning_rate",
        "Learning rate",
        "α, the length of a step: w ← w − α·g. Too small learns slowly; too large jumps over the minimum and the "
        "loss grows. Usual: 0.001 for Adam, 0.01 to 0.5 for gradient descent.",
        "number",
        "0.001",
        weight=1.15,
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "batch_size",
        "Batch size",
        "How many digits are looked at before the weights move once. Small batches take more and noisier steps, large "
        "ones fewer and smoother.",
        "whole",
        "128",
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "epochs",
        "Epochs",
        "How often the training goes through all training digits. With L-BFGS: the number of steps.",
        "whole",
        "12",
    ),
    FieldRecord(
        "l2",
        "L2",
        "λ of the penalty λ·Σw², which is added to the loss and keeps the weights small, so that the model generalises "
        "better. 0 is none; usual: 0.00001 to 0.001.",
        "number",
        "0.0001",
    ),
    FieldRecord(
        "seed",
        "Seed",
        "Where the random numbers for first weights, order of digits and augmentation start. The same seed and "
        "settings give the same model again.",
        "whole",
        "0",
    ),
    FieldRecord(
        "momentum",
        "Momentum",
        "β in v ← β·v − α·g, w ← w + v: how much of the last step is kept in the next one. Usual: 0.9.",
        "number",
        "0.9",
        advanced=True,
        optimizers=("momentum", "nesterov"),
    ),
    FieldRecord(
        "weight_decay",
        "Weight decay",
        "λ in w ← w − α·λ·w: how much every weight shrinks in each step, beside Adam's own. 0 is none; usual: 0.004.",
        "number",
        "0.004",
        advanced=True,
        optimizers=("adamw",),
    ),
    FieldRecord(
        "schedule",
        "Schedule",
        "How the learning rate changes during training. <b>Constant</b> keeps it, <b>cosine</b> lets it fall "
        "smoothly to zero, <b>one-cycle</b> warms up first, <b>step</b> cuts it at fixed times, <b>plateau</b> "
        "when a metric stops getting better, <b>epoch table</b> has a rate for each epoch that is named.",
        "choice",
        advanced=True,
        weight=1.7,
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "schedule_settings",
        "Of the schedule",
        "What the chosen schedule can be told; an empty field means what stands there in grey.",
        "settings",
        advanced=True,
        weight=4.0,
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "l1",
        "L1",
        "λ of the penalty λ·Σ|w|, which is added to the loss and drives weights that do not matter to zero. 0 is none.",
        "number",
        "0.00001",
        advanced=True,
    ),
    FieldRecord(
        "clip_norm",
        "Clip gradient",
        "Cuts the gradient's length ‖g‖ to this value, so that one bad batch cannot throw the weights far off. Empty: "
        "no limit. Usual: 1 to 5.",
        "optional number",
        "5",
        advanced=True,
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "patience",
        "Patience",
        "Stops early after this many epochs without a better validation loss. Empty: trains all epochs.",
        "optional whole",
        "5",
        advanced=True,
    ),
    FieldRecord(
        "stopping_settings",
        "Of early stopping",
        "What stopping early can be told besides the patience: which metric it watches (val_loss, accuracy, "
        "val_macro_f1 …), by how much it has to be better, whether less (min) or more (max) is better, what it has to "
        "pass, and how many epochs are not watched.",
        "settings",
        advanced=True,
        weight=4.0,
    ),
    FieldRecord(
        "metrics",
        "Further metrics",
        "Names of metrics that are computed in every epoch and kept with the run, separated by blanks: press … to "
        "choose from those that this model has.",
        "text",
        "macro_f1",
        advanced=True,
        weight=1.7,
    ),
    FieldRecord(
        "csv_settings",
        "Table of the epochs",
        "Writes the metrics of each epoch as a row of a file that spreadsheets read, while the model trains; append: "
        "below what is in the file already. Empty: none.",
        "settings",
        advanced=True,
        weight=4.0,
    ),
    FieldRecord(
        "checkpoint_settings",
        "Model files",
        "Saves the model after each epoch, or only after those that are better than all before by the metric that "
        "is monitored. {epoch} and metrics such as {val_loss:.3f} in the name stand for their values. Empty: none; "
        "the best epoch and the end of the run are kept in Runs in any case.",
        "settings",
        advanced=True,
        weight=6.0,
    ),
    FieldRecord(
        "tolerance",
        "Tolerance",
        "Stops when the training loss of an epoch improves by less than this. Empty: never.",
        "optional number",
        "0.0001",
        advanced=True,
    ),
    FieldRecord(
        "threads",
        "Threads",
        "How many processor cores train at once. 0 chooses a good number for this computer.",
        "whole",
        "0",
        advanced=True,
    ),
    FieldRecord(
        "augment",
        "Vary the digits",
        "Turns, scales, slants and shifts every training digit a little, differently in each epoch: the model sees "
        "more kinds of handwriting, at the price of time.",
        "switch",
        advanced=True,
        optimizers=_STEPPING,
    ),
    FieldRecord(
        "refuse",
        "Refuse what is no digit",
        "Mixes in drawings that are no digit, half as many as digits, so that the model learns to answer “not a digit "
        "I know” where it finds too little that speaks for any. An epoch takes half as long again.",
        "switch",
        advanced=True,
    ),
    FieldRecord(
        "balance",
        "Balance the classes",
        "Each class counts the same in the loss, however many digits it has: n / (classes · digits of the class) is "
        "the weight of each of its digits.",
        "switch",
        advanced=True,
    ),
    FieldRecord(
        "distinct",
        "No copies in validation",
        "Leaves out validation digits that are pixel by pixel also among the training digits: they would make the "
        "model look better than it is.",
        "switch",
        advanced=True,
    ),
    FieldRecord(
        "restore_best",
        "Keep the best epoch",
        "At the end, gives back the weights of the best epoch instead of the last ones: the one with the lowest "
        "validation loss or, with a patience, with the best of what early stopping monitors.",
        "switch",
        advanced=True,
    ),
)

_TITLES: Final = {
    "gradient_descent": "Gradient descent",
    "rmsprop": "RMSProp",
    "adamw": "AdamW",
    "lbfgs": "L-BFGS",
    "one_cycle": "One-cycle",
    "reduce_on_plateau": "On plateau",
}


def choice_titles(keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(key, what a person reads) for the keys of a registry, in its order."""
    return tuple((key, _TITLES.get(key, key.replace("_", " ").capitalize())) for key in keys)
