"""The models that the user can choose: presets, and trained models by name or from a file."""

from engine.storage.model import Model
from models.presets import PRESETS, ModelPreset
from models.presets.pretrained import DEFAULT_MODEL, load

__all__ = ["DEFAULT_MODEL", "PRESETS", "Model", "ModelPreset", "load"]
