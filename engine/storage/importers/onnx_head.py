"""The end of an ONNX network: which loss gives its probabilities, how they are calibrated, and what is refused.

Our own exports hold a calibration, one logit more for "none", and a second output "refused"; others end with a softmax,
a sigmoid or the logits themselves.
"""

from dataclasses import dataclass

from engine.errors import ModelFileError
from engine.evaluation.calibration import Calibration, parse_calibration
from engine.losses import (
    BinaryCrossentropy,
    Loss,
    MeanSquaredError,
    OpenSetCrossentropy,
    SparseCategoricalCrossentropy,
)
from engine.storage.importers.onnx_document import OnnxDocument
from engine.storage.importers.onnx_patterns import OnnxGraphView

_ANSWERS = ("probabilities", "values")
_REFUSED = "refused"


@dataclass(frozen=True, slots=True, eq=False)
class OnnxHead:
    """How a file's answers come from its last layer's outputs.

    Attributes:
        end: name of these outputs.
        kind: "softmax", "open_set", "sigmoid" or "none".
        both: whether one probability p became [1 − p, p].
        calibration: of the outputs.
    """

    end: str
    kind: str
    both: bool
    calibration: Calibration

    def loss(self, outputs: int) -> tuple[str, Loss]:
        """Task and loss of a network with so many outputs.

        Raises:
            ModelFileError: no task has such outputs.
        """
        if self.kind == "sigmoid":
            return ("binary" if outputs == 1 else "multilabel"), BinaryCrossentropy(from_logits=True)
        if outputs == 1:
            if self.kind == "none" and not self.both:
                return "regression", MeanSquaredError()
            raise ModelFileError("has one output under a softmax, which is always 1.")
        if self.kind == "open_set":
            return "multiclass", OpenSetCrossentropy()
        return "multiclass", SparseCategoricalCrossentropy(from_logits=True)


def find_head(document: OnnxDocument, view: OnnxGraphView) -> OnnxHead:
    """The end of a file.

    Raises:
        ModelFileError: it has no output.
    """
    if not document.outputs:
        raise ModelFileError("is damaged (it has no output).")
    name = next((one for one in document.outputs if one in _ANSWERS), document.outputs[0])
    end, both = view.skip(name), False
    pair = view.made_by(end, "Concat")
    if pair is not None and len(pair) == 2 and _is_rest(view, *pair):
        end, both = pair[1], True
    kind = "none"
    for operator, meant in (("Softmax", "softmax"), ("LogSoftmax", "softmax"), ("Sigmoid", "sigmoid")):
        inner = view.made_by(end, operator)
        if inner is not None:
            end, kind = inner[0], meant
            break
    else:
        spread = _open_set(view, end)
        if spread is not None:
            end, kind = spread, "open_set"
    return _calibrated(document, view, OnnxHead(end, kind, both, Calibration()))


def _is_rest(view: OnnxGraphView, rest: str, p: str) -> bool:
    inner = view.made_by(rest, "Sub")
    return inner is not None and inner[1] == p and view.number(inner[0]) == 1


def _open_set(view: OnnxGraphView, name: str) -> str | None:
    """The logits under a softmax with one logit of 0 more, whose share is spread over all; None where it is none."""
    sum_ = view.made_by(name, "Add")
    share = view.made_by(sum_[1], "Div") if sum_ is not None else None
    if sum_ is None or share is None:
        return None
    split, other = view.producer(sum_[0]), view.producer(share[0])
    if split is None or split is not other or split.operator != "Split":
        return None
    soft = view.made_by(split.inputs[0], "Softmax")
    padded = view.made_by(soft[0], "Pad") if soft is not None else None
    border = view.constant(padded[1]) if padded is not None and len(padded) > 1 else None
    if padded is None or border is None or border.reshape(-1).tolist() != [0, 0, 0, 1]:
        return None
    return padded[0]


def _calibrated(document: OnnxDocument, view: OnnxGraphView, head: OnnxHead) -> OnnxHead:
    """Shift and temperature taken off the end, where a calibration of ours stands there."""
    threshold, raw = None, None
    if _REFUSED in document.outputs:
        less = view.made_by(_REFUSED, "Less")
        energy = view.made_by(less[0], "ReduceLogSumExp") if less is not None else None
        if less is not None and energy is not None:
            threshold, raw = view.number(less[1]), energy[0]
    divided = view.made_by(head.end, "Div")
    shifted = view.made_by(divided[0], "Add") if divided is not None else None
    if divided is None or shifted is None or head.kind == "none":
        return head
    shift, temperature = view.number(shifted[1]), view.number(divided[1])
    if shift is None or temperature is None or (raw is not None and raw != shifted[0]):
        return head
    try:
        rejection = None if threshold is None else {"rule": "energy", "threshold": threshold}
        calibration = parse_calibration({"temperature": temperature, "rejection": rejection})
    except ModelFileError:
        return head
    if abs(calibration.shift - shift) > 1e-4 * max(1.0, abs(shift)):
        return head
    return OnnxHead(shifted[0], head.kind, head.both, calibration)
