"""Where `train` puts the model: looked at before the first batch, written after each epoch and at the end."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.file_io import check_replaceable, reason_of, write_atomically
from engine.errors import EngineError, ModelFileError
from models.cli.output import write_note

if TYPE_CHECKING:
    from engine.storage.model import Model

_SUFFIX = ".safetensors"
# Names under which nobody would look for a safetensors file.
_FOREIGN = ("h5", "hdf5", "keras", "onnx", "pt", "pth", "pkl", "pickle", "npz", "npy", "json", "pb", "tflite", "ckpt")


class SavePlace:
    """The file that `--save` names.

    Attributes:
        path: as it was given.
        unfinished: the file that holds the model of the last whole epoch while training goes on: `path` itself, but
            beside it where it would replace an older model before the new one is done.
        kept: whether `unfinished` was written.

    Raises:
        ModelFileError: no file can be written there: better now than after an hour of training.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.kept = False
        self._told = False
        suffix = Path(path).suffix.lower()
        if suffix.removeprefix(".") in _FOREIGN:
            raise ModelFileError(
                f"The model cannot be saved to {path!r}: it is written as safetensors, so the name has to end in "
                f"{_SUFFIX}, not in {suffix}."
            )
        if suffix not in (_SUFFIX, ""):
            write_note(f"{path!r} is written as safetensors, whatever its name says; {_SUFFIX} would be its usual end.")
        target = Path(os.path.realpath(path))
        try:
            check_replaceable(target)
            self._is_new = not target.exists()
            if not self._is_new and not os.access(target, os.W_OK):
                raise OSError(0, "the file is write-protected")
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:60]}-", suffix=".part"):
                pass
        except (OSError, ValueError) as error:
            raise ModelFileError(f"The model cannot be saved to {path!r}: {reason_of(error)}.") from error
        self.unfinished = target if self._is_new else target.with_name(f"{target.stem}.unfinished{target.suffix}")

    def keep(self, model: "Model") -> None:
        """Write the model of an epoch; a failure is told once and does not end the training."""
        from engine.storage.model_file import to_bytes

        try:
            write_atomically(self.unfinished, to_bytes(model), sync=False)
            self.kept = True
        except (EngineError, OSError) as error:
            if not self._told:
                self._told = True
                write_note(
                    f"The model of this epoch could not be kept in {str(self.unfinished)!r}: {reason_of(error)}."
                )

    def save(self, model: "Model", run: str = "") -> None:
        """Write the model; raises `ModelFileError`, which names the `run` that it is kept as, if there is one."""
        from engine.storage.model_file import save_model

        try:
            save_model(self.path, model)
        except ModelFileError as error:
            raise ModelFileError(f"{error} It is kept as the run {run}." if run else str(error)) from error
        if self.kept and not self._is_new:
            self.unfinished.unlink(missing_ok=True)
