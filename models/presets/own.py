"""A preset that the user built: own layers and an own loss for the question of one of the presets that come with us."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers import Layer
from engine.losses import LOSSES, Loss
from engine.network.draft import NetworkDraft
from engine.network.draft_analysis import analyze
from engine.network.row_kinds import ROW_KINDS
from engine.sequential import Sequential
from engine.training.config import TrainingConfig
from models.presets.preset import ModelPreset

if TYPE_CHECKING:
    from engine.data import Dataset

FORMAT = "digitlab network 1"
LONGEST_TITLE = 60
# What an edited network is called until it is kept under a name.
EDITED = "edited"
_LOGITS: Mapping[str, Any] = {"from_logits": True}
# Task → kinds of losses that can be asked to train it, with their settings. Those without logits compare what the
# output activation gives with rows of zeros and a one.
# Percentages of zeros, and logarithms of negative angles, are no numbers: such pairs are not offered.
_OF_VALUES: Mapping[str, Mapping[str, Any]] = {
    "mean_squared_error": {}, "mean_absolute_error": {}, "huber": {}, "log_cosh": {},
}  # fmt: skip
_OF_SHARES = {**_OF_VALUES, "mean_squared_logarithmic_error": {}, "hinge": {}, "squared_hinge": {}, "poisson": {}}
_OF_YES_OR_NO = {"binary_crossentropy": _LOGITS, "binary_focal_crossentropy": _LOGITS, **_OF_SHARES}
LOSSES_OF: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "multiclass": {
            "sparse_categorical_crossentropy": _LOGITS, "categorical_crossentropy": _LOGITS, "kl_divergence": {},
            **_OF_SHARES, "categorical_hinge": {}, "cosine_similarity": {},
        },
        "binary": _OF_YES_OR_NO,
        "multilabel": _OF_YES_OR_NO,
        "regression": _OF_VALUES,
    }
)  # fmt: skip
_SPARSE = "sparse_categorical_crossentropy"


def output_activation(task: str, loss: str) -> str:
    """What the outputs go through, so that they are probabilities where the loss does not see to it; or ""."""
    if task == "regression" or LOSSES_OF[task][loss].get("from_logits"):
        return ""
    return "softmax" if task == "multiclass" else "sigmoid"


@dataclass(frozen=True, eq=False)
class OwnPreset(ModelPreset):
    """Labels, targets and data are those of `question`; layers and loss are the user's.

    Attributes:
        question: one of the presets that come with us.
        draft: the network.
        loss_kind: a key of `LOSSES_OF[task]`.
    """

    input_shape: ClassVar[Shape] = (20, 20, 1)

    question: ModelPreset = None  # type: ignore[assignment]
    draft: NetworkDraft = None  # type: ignore[assignment]
    loss_kind: str = _SPARSE

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        question: ModelPreset,
        draft: NetworkDraft,
        loss_kind: str = "",
        defaults: TrainingConfig | None = None,
    ) -> Self:
        """The preset of a draft, with the question's loss and settings where no others are given.

        Raises:
            ConfigurationError: the question is not asked with this loss.
        """
        known = LOSSES_OF[question.task]
        loss_kind = loss_kind or question.loss().kind
        if loss_kind not in known:
            raise ConfigurationError(
                f"{question.title} is not trained with {loss_kind!r}, but with {', '.join(known)}."
            )
        draft = replace(draft, output_activation=output_activation(question.task, loss_kind))
        # Hidden units are needed, and the cross-entropy that knows "none of them".
        bends = any(row.settings.get("activation") not in (None, "linear") for row in draft.rows)
        can_reject = question.task == "multiclass" and loss_kind == _SPARSE and bends
        defaults = defaults or question.defaults
        return cls(
            name, title, _description(question, draft), question.labels, question.task, analyze(draft).parameters,
            defaults if can_reject else replace(defaults, refuse=False), question.rates, question.can_augment,
            can_reject, question, draft, loss_kind,
        )  # fmt: skip

    def with_draft(self, draft: NetworkDraft) -> Self:
        """The same question for another network, which is edited and not kept: a kept one stays as it is."""
        title = self.title if self.name == EDITED else f"{self.title}, edited"
        return type(self).of(EDITED, title[:LONGEST_TITLE], self.question, draft, self.loss_kind, self.defaults)

    def layers(self) -> list[Layer]:
        """New layers; raises `ConfigurationError` or `ShapeError` while a row is wrong."""
        return self.draft.layers()

    def loss(self) -> Loss:
        """The chosen loss."""
        return LOSSES[self.loss_kind](**LOSSES_OF[self.task][self.loss_kind])

    def build(self, seed: int = 0, *, refuse: bool = False) -> Sequential:
        """As `ModelPreset.build`; accuracy is reported beside every loss that knows classes."""
        network = super().build(seed, refuse=refuse)
        if self.draft.output_activation:
            network.metrics = ("accuracy",)
        return network

    def select(self, dataset: "Dataset") -> "Dataset":
        """As the question does."""
        return self.question.select(dataset)

    def targets(self, labels: NDArray[np.int64]) -> NDArray[Any]:
        """The question's, as the loss wants them: (n,), or (n, outputs) of zeros and a one."""
        return self._for_loss(self.question.targets(labels))

    def prepare(
        self, dataset: "Dataset", rng: np.random.Generator, report: Callable[[float], None] | None = None
    ) -> tuple[FloatArray, NDArray[Any]]:
        """As the question does: (n, 20, 20, 1), and the targets for the loss."""
        inputs, targets = self.question.prepare(dataset, rng, report)
        return inputs.reshape(-1, *self.input_shape), self._for_loss(targets)

    def with_digits(self, first: int, second: int) -> Self:
        """The same network for two other digits; see `ModelPreset.with_digits`."""
        question = self.question.with_digits(first, second)
        return replace(self, question=question, labels=question.labels, description=_description(question, self.draft))

    def _for_loss(self, targets: NDArray[Any]) -> NDArray[Any]:
        if self.task != "multiclass" or self.loss_kind == _SPARSE:
            return targets
        return np.eye(len(self.labels), dtype=np.float32)[np.asarray(targets, np.intp)]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values for `from_dict`."""
        return {
            "format": FORMAT, "name": self.name, "title": self.title, "question": self.question.name,
            "loss": self.loss_kind, **self.draft.to_dict(), "training": self.defaults.to_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, value: object, questions: Mapping[str, ModelPreset]) -> Self:
        """The preset that `to_dict` gave.

        Raises:
            ConfigurationError: this is none; the sentence says why.
        """
        if not isinstance(value, Mapping) or value.get("format") != FORMAT:
            raise ConfigurationError("It is no network of this version.")
        texts = {key: value.get(key) for key in ("name", "title", "question", "loss")}
        if not all(isinstance(text, str) and 0 < len(text) <= LONGEST_TITLE for text in texts.values()):
            raise ConfigurationError("Its name, title, question or loss is no short text.")
        question = questions.get(str(texts["question"]))
        if question is None:
            raise ConfigurationError(f"It asks {texts['question']!r}, which is none of {', '.join(questions)}.")
        draft = NetworkDraft.from_dict(value, len(question.labels) - (question.task == "binary"))
        if wrong := analyze(draft).errors:
            raise ConfigurationError(f"Row {wrong[0][0] + 1}: {wrong[0][1]}")
        defaults = _training(value.get("training"), question.defaults)
        return cls.of(str(texts["name"]), str(texts["title"]), question, draft, str(texts["loss"]), defaults)


def as_own(preset: ModelPreset) -> OwnPreset:
    """Any preset as one that can be edited.

    Raises:
        ConfigurationError: its network is no list of rows.
    """
    if isinstance(preset, OwnPreset):
        return preset
    draft = NetworkDraft.of_layers(preset.layers())
    return OwnPreset.of(EDITED, f"{preset.title}, edited", preset, draft)


def name_of_title(title: str) -> str:
    """What a network with this title is called on the command line and in file names; "" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-")


def _training(value: object, first: TrainingConfig) -> TrainingConfig:
    if not isinstance(value, Mapping):
        raise ConfigurationError("Its settings of training are missing.")
    known = {one.name: value.get(one.name, getattr(first, one.name)) for one in fields(TrainingConfig)}
    if known["class_weights"] is not None:
        known["class_weights"] = tuple(known["class_weights"])
    try:
        return TrainingConfig(**known)
    except TypeError:
        raise ConfigurationError("Its settings of training are of the wrong kind.") from None


def _description(question: ModelPreset, draft: NetworkDraft) -> str:
    hidden = ", ".join(ROW_KINDS[row.kind].title.lower() for row in draft.rows) or "no hidden layers"
    short = hidden if len(hidden) <= 120 else f"{hidden[:119]}…"
    labels = f" ({' or '.join(question.labels)})" if question.task == "binary" else ""
    return f"Your own network for the question of {question.title.lower()}{labels}: {short}."
