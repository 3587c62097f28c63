"""Which DigitLab this is."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PROJECT_FILE = Path(__file__).resolve().parent.parent / "pyproject.toml"


def digitlab_version(project_file: Path = _PROJECT_FILE) -> str:
    """The installed version, or in a checkout that is not installed the one in `project_file`; else "unknown"."""
    try:
        return version("digitlab")
    except PackageNotFoundError:
        pass
    try:
        number = tomllib.loads(project_file.read_text(encoding="utf-8"))["project"]["version"]
    except (OSError, ValueError, KeyError):
        return "unknown"
    return str(number)
