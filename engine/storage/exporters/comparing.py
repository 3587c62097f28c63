"""Write a model, ask what was written, and keep it only if it answers as the model does."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import check_replaceable, reason_of
from engine.core.parameters import FloatArray
from engine.errors import ExportError
from engine.evaluation.calibration import energy
from engine.storage.exporters.exporter import Exporter
from engine.storage.exporters.steps import export_plan
from engine.storage.model import Model

# Of probabilities; of values (degrees) it is a share of the largest one.
LARGEST_DIFFERENCE = 1e-5
# So near to its threshold a drawing may be refused by one program and answered by another.
_NEAR_THRESHOLD = 1e-4


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came of an export.

    Attributes:
        files: that were written.
        count: images that were compared.
        largest_difference: between the file's answers and the model's; None where nobody could ask the file.
        program: what answered, with its version, or "".
        missing: packages without which nobody could ask it.
    """

    files: tuple[Path, ...]
    count: int
    largest_difference: float | None
    program: str
    missing: tuple[str, ...] = ()

    def told(self) -> str:
        """It in a sentence or two."""
        names = " and ".join(file.name for file in self.files)
        if self.largest_difference is None:
            return f"Wrote {names}; not compared, since {self.missing[0]} is not installed."
        return (
            f"Wrote {names}; {self.program} answers {self.count:,} digits alike "
            f"(largest difference {self.largest_difference:.1e})."
        )


def export_model(
    model: Model,
    exporter: Exporter,
    path: Path,
    images: FloatArray,
    cancelled: Callable[[], bool] = lambda: False,
) -> ExportReport:
    """Write `model` to `path` (the exporter's suffix is added where there is none), compared on images (n, 20, 20).

    Everything is written and asked in a folder of its own first, so that a file that answers differently, or one that
    is half written, never takes the place of another.

    Raises:
        ConfigurationError: the network cannot be said in this format.
        ExportError: a package is missing, the suffix is another one, the place cannot be written, the file answers
            differently, or `cancelled` said so.
    """
    path = path if path.suffix else path.with_suffix(exporter.suffix)
    if path.suffix != exporter.suffix:
        raise ExportError(f"{path.name} should end in {exporter.suffix}: {exporter.title} files do.")
    if missing := _missing(exporter.needed):
        raise ExportError(
            f"{exporter.title} files are written by the package {missing[0]}, which is not installed: "
            'python -m pip install "digitlab[export]" brings it.'
        )
    plan = export_plan(model)
    try:
        check_replaceable(path)
        with tempfile.TemporaryDirectory(prefix=".digitlab-", dir=path.parent) as folder:
            written = exporter.write(plan, Path(folder) / path.name)
            report = _compare(model, exporter, written[0], images)
            if cancelled():
                raise ExportError("The export was cancelled; nothing was written.")
            places = [path.with_name(file.name) for file in written]
            # The program goes last: it is what people start.
            for file, place in reversed(list(zip(written, places, strict=True))):
                check_replaceable(place)
                os.replace(file, os.path.realpath(place))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {reason_of(error)}.") from error
    return ExportReport(tuple(places), report.count, report.largest_difference, report.program, report.missing)


def _missing(packages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(package for package in packages if find_spec(package) is None)


def _compare(model: Model, exporter: Exporter, path: Path, images: FloatArray) -> ExportReport:
    if missing := _missing(exporter.asked):
        return ExportReport((path,), 0, None, "", missing)
    images = np.ascontiguousarray(images, model.network.dtype)
    answer = exporter.ask(path, images)
    expected = model.answer(images)
    given = np.asarray(answer.probabilities, np.float64)
    if given.shape != expected.shape or not np.isfinite(given).all():
        raise ExportError(f"{answer.program} gives answers of another shape, or none; nothing was written.")
    scale = max(1.0, float(np.abs(expected).max(initial=0.0))) if model.task == "regression" else 1.0
    difference = float(np.abs(given - expected).max(initial=0.0)) / scale
    if difference > LARGEST_DIFFERENCE:
        raise ExportError(
            f"{answer.program} answers differently by {difference:.1e}, which is more than {LARGEST_DIFFERENCE:.0e}; "
            "nothing was written."
        )
    if answer.refused is not None and not _refuses_alike(model, images, answer.refused):
        raise ExportError(f"{answer.program} refuses other drawings; nothing was written.")
    return ExportReport((path,), len(images), difference, answer.program)


def _refuses_alike(model: Model, images: FloatArray, refused: NDArray[np.bool_]) -> bool:
    threshold = model.calibration.threshold
    assert threshold is not None
    energies = energy(model.logits(images))
    near = np.abs(energies - threshold) < _NEAR_THRESHOLD
    return bool(((energies < threshold) == refused)[~near].all())
