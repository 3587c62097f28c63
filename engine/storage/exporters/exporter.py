"""What every exporter is, and what they share in writing programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import write_atomically
from engine.core.parameters import FloatArray
from engine.storage.exporters.steps import ExportPlan
from engine.storage.model_document import MODEL_ENTRY


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """What a file that was written answers.

    Attributes:
        probabilities: (n, labels), as `Model.answer` gives them.
        refused: (n,), or None where the model has no rule.
        program: what answered, with its version.
    """

    probabilities: FloatArray
    refused: NDArray[np.bool_] | None
    program: str


class Exporter:
    """Writes a model in one foreign format, and asks what it wrote.

    Attributes:
        key: its name on the command line.
        title: what a person reads.
        suffix: how its file ends.
        needed: packages without which it cannot write.
        asked: packages without which nobody can ask the file.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    needed: ClassVar[tuple[str, ...]] = ()
    asked: ClassVar[tuple[str, ...]] = ()

    def write(self, plan: ExportPlan, path: Path) -> list[Path]:
        """Write the model; gives the files. Raises `OSError`."""
        raise NotImplementedError

    def ask(self, path: Path, images: FloatArray) -> ExportedAnswer:
        """What the file at `path` answers to images (n, 20, 20)."""
        raise NotImplementedError


def save_program(path: Path, lines: Sequence[str], plan: ExportPlan, weights: dict[str, FloatArray]) -> list[Path]:
    """A program and the weights beside it, arrays of any shape (…), by name; raises `OSError`.

    One more entry, a text, says what they are weights of.
    """
    beside = path.with_suffix(".npz")
    text = plan.document()
    write_atomically(beside, _npz_bytes(weights | {MODEL_ENTRY: np.array(text)} if text else weights))
    write_atomically(path, ("\n".join(lines).rstrip() + "\n").encode())
    return [path, beside]


def _npz_bytes(weights: dict[str, NDArray[Any]]) -> bytes:
    stream = BytesIO()
    np.savez(stream, allow_pickle=False, **weights)
    return stream.getvalue()


def docstring(plan: ExportPlan, uses: str) -> list[str]:
    """The words at the top of a program."""
    lines = plan.about()
    return [f'"""{lines[0]}', "", *lines[1:], "", *uses.splitlines(), '"""', ""]


def labels_line(plan: ExportPlan) -> str:
    """What the answers are called."""
    return f"LABELS = {json.dumps(list(plan.model.labels), ensure_ascii=False)}"


def main_part() -> list[str]:
    """The end of a program: read pictures named on the command line, in DigitLab's own way where it is installed."""
    return [
        "",
        "",
        "def read_picture(path):",
        '    """A picture\'s features (1, 20, 20), by DigitLab\'s own way from ink to pixels; needs `digitlab`."""',
        "    from PIL import Image",
        "",
        "    from engine.ink import features_from_image",
        "",
        "    features = features_from_image(Image.open(path))",
        "    if features is None:",
        '        raise SystemExit(f"{path} shows no ink.")',
        "    return features[None]",
        "",
        "",
        'if __name__ == "__main__":',
        "    import sys",
        "",
        "    for name in sys.argv[1:]:",
        "        probabilities = predict(read_picture(name))[0]",
        "        best = int(probabilities.argmax())",
        '        print(f"{name}: {LABELS[best]}, {100 * probabilities[best]:.1f} %")',
    ]
