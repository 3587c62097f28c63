"""The models that the user can choose: presets, and trained models by name or from a file."""

from engine.storage.model import Model
from models.presets.angle import ANGLE
from models.presets.cnn import CNN
from models.presets.cnn_large import CNN_LARGE
from models.presets.logistic import LOGISTIC
from models.presets.mlp import MLP
from models.presets.multilabel import MULTILABEL
from models.presets.preset import ModelPreset
from models.presets.pretrained import DEFAULT_MODEL, load
from models.presets.softmax import SOFTMAX

# To add a preset: its file, and its line here.
PRESETS: dict[str, ModelPreset] = {
    preset.name: preset for preset in (LOGISTIC, SOFTMAX, MLP, CNN, CNN_LARGE, MULTILABEL, ANGLE)
}

__all__ = ["DEFAULT_MODEL", "PRESETS", "Model", "ModelPreset", "load"]
