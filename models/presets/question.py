"""What a trained model was asked, whoever built its network."""

import math
from typing import TYPE_CHECKING

from engine.errors import ConfigurationError
from engine.losses import OpenSetCrossentropy
from engine.network.draft import NetworkDraft
from models.presets import PRESETS
from models.presets.own import OwnPreset
from models.presets.preset import ModelPreset

if TYPE_CHECKING:
    from engine.storage.model import Model


def preset_of_model(model: "Model") -> ModelPreset | None:
    """The preset that says what a model should answer; None where that is not known.

    A network of the user's own, or of another program, answers the question of the first preset of ours with the same
    task and labels and a digit image of 20×20; its targets are what its loss wants.
    """
    same = (one for one in PRESETS.values() if one.task == model.task and len(one.labels) == len(model.labels))
    question, loss = PRESETS.get(model.name) or next(same, None), model.network.loss
    if question is None or loss is None or math.prod(model.network.example_shape) != math.prod(question.input_shape):
        return None
    try:
        if model.task == "binary":
            question = question.with_digits(*(int(label) for label in model.labels))
        if model.name in PRESETS or question.labels != model.labels:
            return question if question.labels == model.labels else None
        kind = question.loss().kind if isinstance(loss, OpenSetCrossentropy) else loss.kind
        return OwnPreset.of(model.name, model.title, question, NetworkDraft((), model.network.answer_shape[-1]), kind)
    except (ValueError, ConfigurationError):
        return None
