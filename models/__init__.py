"""The models that the user can choose: presets, and trained models by name or from a file."""

from engine.storage.model import Model
from models.angle import ANGLE
from models.cnn import CNN
from models.cnn_large import CNN_LARGE
from models.logistic import LOGISTIC
from models.mlp import MLP
from models.multilabel import MULTILABEL
from models.preset import ModelPreset
from models.pretrained import DEFAULT_MODEL, load
from models.softmax import SOFTMAX

# To add a preset: its file, and its line here.
PRESETS: dict[str, ModelPreset] = {
    preset.name: preset for preset in (LOGISTIC, SOFTMAX, MLP, CNN, CNN_LARGE, MULTILABEL, ANGLE)
}

__all__ = ["DEFAULT_MODEL", "PRESETS", "Model", "ModelPreset", "load"]
