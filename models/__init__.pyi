from engine.storage.model import Model as Model
from models.presets import PRESETS as PRESETS
from models.presets import ModelPreset as ModelPreset
from models.presets.pretrained import DEFAULT_MODEL as DEFAULT_MODEL
from models.presets.pretrained import load as load
