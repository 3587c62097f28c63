"""TensorFlow's `train`: variables kept in files and taken back."""

from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.core.tensor import as_tensor
from engine.errors import DataError
from engine.tf.program import variables_of


class Checkpoint:
    """Keeps the variables of networks, modules and variables in `.npz` files; optimizers begin anew.

    Args:
        root, objects: what is kept; the same names when it is taken back.
    """

    def __init__(self, root: Any = None, **objects: Any) -> None:
        self._objects = objects if root is None else {"root": root, **objects}
        vars(self).update(objects)
        self.save_counter = as_tensor(np.array(0))

    def _variables(self) -> dict[str, Any]:
        return {
            f"{name}.{place}": variable
            for name, held in self._objects.items()
            for place, variable in enumerate(variables_of(held))
        }

    def write(self, file_prefix: Any) -> str:
        """Write all variables to a file; its path without the ending."""
        path = Path(f"{file_prefix}.npz")
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {name: np.asarray(variable) for name, variable in self._variables().items()}
        np.savez(path, **arrays)
        return str(file_prefix)

    def save(self, file_prefix: Any) -> str:
        """The same under the next number; the path without the ending."""
        self.save_counter = as_tensor(np.array(int(self.save_counter) + 1))
        return self.write(f"{file_prefix}-{int(self.save_counter)}")

    def restore(self, save_path: Any) -> Self:
        """Take the variables back; nothing happens for None.

        Raises:
            DataError: there is no such file, or it holds other variables.
        """
        if save_path is None:
            return self
        path = Path(f"{save_path}.npz")
        if not path.is_file():
            raise DataError(f"There is no checkpoint {path.name} in {path.parent}.")
        with np.load(path, allow_pickle=False) as kept:
            for name, variable in self._variables().items():
                if name not in kept or kept[name].shape != np.shape(variable):
                    raise DataError(f"The checkpoint {path.name} does not hold {name} of shape {np.shape(variable)}.")
                variable.assign(kept[name])
        return self

    read = restore

    def expect_partial(self) -> Self:
        """Here for TensorFlow's sake: what does not fit has been told."""
        return self

    assert_consumed = assert_existing_objects_matched = expect_partial


def latest_checkpoint(checkpoint_dir: Any) -> str | None:
    """The path of the newest checkpoint of a folder without its ending, or None."""
    found = sorted(Path(checkpoint_dir).glob("*.npz"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    return str(found[-1].with_suffix("")) if found else None


class CheckpointManager:
    """Keeps the newest few checkpoints in a folder.

    Args:
        checkpoint: what is kept.
        directory: where.
        max_to_keep: how many, or None for all.
        checkpoint_name: what their names begin with.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        checkpoint_name: str = "ckpt",
        **settings: Any,
    ) -> None:
        self._checkpoint, self._folder, self._most, self._name = (
            checkpoint,
            Path(directory),
            max_to_keep,
            checkpoint_name,
        )

    @property
    def checkpoints(self) -> list[str]:
        """The paths, oldest first."""
        found = self._folder.glob(f"{self._name}-*.npz")
        return [str(path.with_suffix("")) for path in sorted(found, key=lambda path: int(path.stem.rsplit("-", 1)[-1]))]

    @property
    def latest_checkpoint(self) -> str | None:
        """The newest one's path, or None."""
        return self.checkpoints[-1] if self.checkpoints else None

    def save(self, checkpoint_number: Any = None) -> str:
        """Write one more, and remove the oldest where there are too many."""
        last = self.latest_checkpoint
        number = 1 + int(last.rsplit("-", 1)[-1]) if last else 1
        number = number if checkpoint_number is None else int(checkpoint_number)
        path = self._checkpoint.write(self._folder / f"{self._name}-{number}")
        for old in self.checkpoints[: -self._most] if self._most else ():
            Path(f"{old}.npz").unlink()
        return path

    def restore_or_initialize(self) -> str | None:
        """Take the newest one back; its path, or None."""
        self._checkpoint.restore(self.latest_checkpoint)
        return self.latest_checkpoint


__all__ = ["Checkpoint", "CheckpointManager", "latest_checkpoint"]
