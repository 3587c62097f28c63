"""Files of models that are not read, each with its own sentence and the line that makes one of them that is."""

from pathlib import Path

from engine.errors import DataError

_HDF5 = b"\x89HDF\r\n\x1a\n"
_KERAS = (
    "{path}: this is a file of Keras, which is not read; in Python, keras.models.load_model(…) opens it, and "
    'numpy.savez("weights.npz", *model.get_weights()) writes weights that are.'
)
_PYTORCH = (
    "{path}: this is a pickle of PyTorch, which can run any code when it is opened, so it is never read; where it was "
    'made, safetensors.torch.save_file(model.state_dict(), "weights.safetensors") writes weights that are.'
)
_PICKLE = (
    "{path}: this is a Python pickle, which can run any code when it is opened, so it is never read; where it was "
    "made, save the weights as arrays with numpy.savez."
)
_TENSORFLOW = (
    '{path}: this is a model of TensorFlow, which is not read; in Python, numpy.savez("weights.npz", '
    "*model.get_weights()) writes weights that are."
)
_UNKNOWN = "{path}: this is no model that is read; ONNX, .npz and safetensors files are."
_SUFFIXES = {
    ".keras": _KERAS, ".h5": _KERAS, ".hdf5": _KERAS,
    ".pt": _PYTORCH, ".pth": _PYTORCH, ".ckpt": _PYTORCH, ".bin": _PYTORCH,
    ".pkl": _PICKLE, ".pickle": _PICKLE, ".joblib": _PICKLE,
    ".pb": _TENSORFLOW, ".tflite": _TENSORFLOW,
}  # fmt: skip
FOREIGN_SUFFIXES = tuple(_SUFFIXES)


def refusal(path: Path, head: bytes) -> DataError | None:
    """Why a file that begins like this is not read; None where nothing speaks against it.

    What it holds counts more than what it is called.
    """
    sentence = None
    if head.startswith(_HDF5):
        sentence = _KERAS
    elif head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5" and head[8:9] != b"{":
        sentence = _PICKLE if path.suffix.lower() in (".pkl", ".pickle", ".joblib") else _PYTORCH
    elif head[:4] == b"PK\x03\x04":
        sentence = _archive(head)
    elif path.suffix.lower() in _SUFFIXES:
        sentence = _SUFFIXES[path.suffix.lower()]
    return None if sentence is None else DataError(sentence.format(path=path))


def unknown(path: Path) -> DataError:
    """The sentence for a file of which nothing is known."""
    return DataError(_UNKNOWN.format(path=path))


def _archive(head: bytes) -> str | None:
    """What a zip archive is by the name of its first file."""
    length = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + length].decode("utf-8", "replace")
    if name.endswith("data.pkl") or name.endswith((".format_version", "/version", "byteorder")):
        return _PYTORCH
    if name in ("metadata.json", "config.json", "model.weights.h5"):
        return _KERAS
    return None
