"""The networks that the user can choose, one file each, and trained models by name.

To add a preset: its file here, and its line in `PRESETS`.
"""

from models.presets.angle import ANGLE
from models.presets.cnn import CNN
from models.presets.cnn_large import CNN_LARGE
from models.presets.logistic import LOGISTIC
from models.presets.mlp import MLP
from models.presets.multilabel import MULTILABEL
from models.presets.preset import ModelPreset
from models.presets.softmax import SOFTMAX

PRESETS: dict[str, ModelPreset] = {
    preset.name: preset for preset in (LOGISTIC, SOFTMAX, MLP, CNN, CNN_LARGE, MULTILABEL, ANGLE)
}

__all__ = ["PRESETS", "ModelPreset"]
