"""The JSON document inside a model file: what it says, and the checks that it has to pass.

    {"format": "digitlab-model", "format_version": 1,
     "name": "cnn", "title": "…", "task": "multiclass", "labels": ["0", …],
     "input_shape": [20, 20, 1],
     "layers": [{"kind": "conv2d", …}, …],            architecture, from the closed list `engine.layers.LAYERS`
     "loss": {"kind": "sparse_categorical_crossentropy", …},
     "preprocessing": {"name": "mnist-tile-20", "version": 1},
     "calibration": {"temperature": 1.1, "rejection": {"rule": "energy", "threshold": -0.9} or null},   may be missing
     "training": {…},                                 summary, free form
     "checksum": "…"}                                 SHA-256 of everything else, see `engine.storage.model_file`

Every message below completes the sentence "The model file … cannot be used: it …".
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

from engine.core.number_check import is_whole_number
from engine.core.parameters import Shape
from engine.errors import ModelFileError
from engine.evaluation.calibration import UNCALIBRATED, Calibration, parse_calibration

FORMAT = "digitlab-model"
FORMAT_VERSION = 1
# Under this name files of other formats carry the document.
MODEL_ENTRY = "digitlab"

_KEYS = {
    "format", "format_version", "name", "title", "task", "labels", "input_shape",
    "layers", "loss", "preprocessing", "training", "checksum",
}  # fmt: skip
# Files of versions that knew no calibration have none.
_OPTIONAL_KEYS = {"calibration"}
_LONGEST_TEXT = 200
_MOST_LABELS = 1000
_MOST_LAYERS = 200
# The first layer of any model takes the 20×20 features, as an image, with a channel axis, or as one row.
_INPUT_SHAPES = ((20, 20), (20, 20, 1), (400,))


@dataclass(frozen=True, slots=True)
class ModelDocument:
    """The checked contents of a document.

    Attributes:
        name, title, task, labels, training: as in `engine.storage.model.Model`.
        input_shape: shape of one input of the network.
        layers: one configuration a layer, with its "kind".
        loss: configuration of the loss, with its "kind".
        preprocessing: name and version.
        calibration: how logits become probabilities, and what is refused.
        checksum: 64 hexadecimal digits; zeros while it is being computed.
    """

    name: str
    title: str
    task: str
    labels: tuple[str, ...]
    input_shape: Shape
    layers: tuple[dict[str, Any], ...]
    loss: dict[str, Any]
    preprocessing: tuple[str, int]
    training: dict[str, Any]
    checksum: str = "0" * 64
    calibration: Calibration = UNCALIBRATED

    def to_json(self) -> str:
        """The document as text.

        Raises:
            ModelFileError: the training summary holds something that JSON has no word for.
        """
        name, version = self.preprocessing
        entries = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        entries["preprocessing"] = {"name": name, "version": version}
        del entries["calibration"]
        if self.calibration != UNCALIBRATED:
            entries["calibration"] = self.calibration.to_document()
        try:
            return json.dumps(entries, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except (TypeError, ValueError) as error:
            raise ModelFileError(f"holds a value that cannot be stored ({error}).") from error


def parse_json(text: str | bytes, what: str) -> dict[str, Any]:
    """A JSON object without duplicate keys, NaN or infinity; `what` names it in the error.

    Raises:
        ModelFileError: the text is anything else.
    """
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except ModelFileError:
        raise
    except (ValueError, RecursionError) as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise ModelFileError(f"is damaged or no model file ({what} cannot be read).") from error
    if not isinstance(value, dict):
        raise ModelFileError(f"is damaged or no model file ({what} is not an object).")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ModelFileError("is damaged (an entry of its description appears twice).")
    return entries


def _refuse_constant(constant: str) -> None:
    raise ModelFileError(f"is damaged (its description holds {constant} where a number belongs).")


def parse_document(text: str) -> ModelDocument:
    """The document that `ModelDocument.to_json` wrote, every entry checked for kind and range.

    Raises:
        ModelFileError: an entry is missing, unknown or of the wrong kind, or the version is newer than this program.
    """
    entries = parse_json(text, "its description")
    if entries.get("format") != FORMAT:
        raise ModelFileError("is no DigitLab model file.")
    version = entries.get("format_version")
    if not is_whole_number(version, 1):
        raise ModelFileError("is damaged (its format version is no number).")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"was made by a newer version of DigitLab (format {version}; this version reads up to "
            f"{FORMAT_VERSION}): update DigitLab."
        )
    _require(_KEYS <= set(entries) <= _KEYS | _OPTIONAL_KEYS, "its description has entries that are missing or unknown")
    for key in ("name", "title", "task"):
        _require(_is_text(entries[key]), f"its {key} is no short text")
    labels = entries["labels"]
    _require(
        isinstance(labels, list) and 1 <= len(labels) <= _MOST_LABELS and all(_is_text(label) for label in labels),
        "its labels are no list of short texts",
    )
    _require(len(set(labels)) == len(labels), "one of its labels appears twice")
    shape = entries["input_shape"]
    _require(
        isinstance(shape, list) and all(is_whole_number(size) for size in shape),
        "its input shape is no list of numbers",
    )
    _require(tuple(shape) in _INPUT_SHAPES, f"it does not take 20×20 images but inputs of shape {tuple(shape)[:8]}")
    layers = entries["layers"]
    _require(
        isinstance(layers, list) and 1 <= len(layers) <= _MOST_LAYERS and all(_has_kind(layer) for layer in layers),
        "its layers are no list of descriptions",
    )
    _require(_has_kind(entries["loss"]), "its loss has no description")
    preprocessing = entries["preprocessing"]
    _require(
        isinstance(preprocessing, dict)
        and set(preprocessing) == {"name", "version"}
        and _is_text(preprocessing["name"])
        and is_whole_number(preprocessing["version"]),
        "its preprocessing has no name and version",
    )
    _require(isinstance(entries["training"], dict), "its training summary is no object")
    checksum = entries["checksum"]
    _require(isinstance(checksum, str) and re.fullmatch("[0-9a-f]{64}", checksum) is not None, "its checksum is none")
    return ModelDocument(
        name=entries["name"],
        title=entries["title"],
        task=entries["task"],
        labels=tuple(labels),
        input_shape=tuple(shape),
        layers=tuple(layers),
        loss=entries["loss"],
        preprocessing=(preprocessing["name"], preprocessing["version"]),
        training=entries["training"],
        checksum=checksum,
        calibration=parse_calibration(entries["calibration"]) if "calibration" in entries else UNCALIBRATED,
    )


def _require(condition: bool, fault: str) -> None:
    if not condition:
        raise ModelFileError(f"is damaged ({fault}).")


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_TEXT


def _has_kind(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("kind"), str)
