"""Trained models: those that come with DigitLab, by name, and any other from its file."""

import os
from pathlib import Path

from engine.errors import ModelFileError
from engine.storage.model import Model
from engine.storage.model_file import load_model

# The best model of those that come with DigitLab.
DEFAULT_MODEL = "cnn-large"

_ELSEWHERE = (".onnx", ".npz", ".keras", ".h5", ".hdf5", ".pt", ".pth")
_WEIGHTS = Path(__file__).parents[1] / "weights"


def shipped_models() -> tuple[str, ...]:
    """Names of the models that come with DigitLab, in alphabetical order."""
    return tuple(sorted(path.stem for path in _WEIGHTS.glob("*.safetensors")))


def shipped_path(name: str) -> Path:
    """Where the model of this name lies, whether or not there is one."""
    return _WEIGHTS / f"{name}.safetensors"


def load(name_or_path: str | os.PathLike[str] = DEFAULT_MODEL) -> Model:
    """A trained model: the one of a preset that comes with DigitLab, or the one in a model file.

    A name wins over a file of the same name in the current folder. ONNX files, and what was exported, answer, too.

    Raises:
        ModelFileError: there is neither such a name nor such a file, or the file cannot be used.
        DataError: it is a file of another program that is not read.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_models():
        return load_model(shipped_path(name_or_path))
    if not os.path.lexists(name_or_path) and not os.path.dirname(name_or_path):
        names = ", ".join(shipped_models())
        raise ModelFileError(f"There is no model {str(name_or_path)!r}: give a file, or one of {names}.")
    if str(name_or_path).lower().endswith(_ELSEWHERE):
        from engine.storage.importers import ArchitectureNeededError, import_model

        try:
            return import_model(Path(name_or_path)).model
        except ArchitectureNeededError:
            raise ModelFileError(f"{name_or_path} holds weights alone: “import” makes a model of them.") from None
    return load_model(name_or_path)
