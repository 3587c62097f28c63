"""The folder into which charts were exported last."""

from pathlib import Path


class ExportFolder:
    """Remembers a folder, for all cards of a workspace together; "" while there is none."""

    path: str = ""

    def suggestion(self, name: str) -> str:
        """A file's full name in the folder, or the name alone where there is none."""
        return str(Path(self.path) / name) if self.path and Path(self.path).is_dir() else name
