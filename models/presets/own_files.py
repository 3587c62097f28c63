"""The user's own presets on disk, one JSON file each, and every preset there is by its name."""

import json
import logging
from dataclasses import replace
from pathlib import Path

from engine.core.file_io import decode_text, reason_of, write_atomically
from engine.core.source_file import SourceFile
from engine.core.user_folders import config_folder
from engine.errors import ConfigurationError, DataError
from models.presets import PRESETS
from models.presets.own import EDITED, LONGEST_TITLE, OwnPreset, name_of_title
from models.presets.preset import ModelPreset

_log = logging.getLogger("digitlab")
_MOST_BYTES = 1_000_000


def own_folder() -> Path:
    """Where they lie; it need not exist yet."""
    return config_folder() / "networks"


def own_presets() -> tuple[dict[str, OwnPreset], tuple[str, ...]]:
    """The presets by name, in the order of their titles, and a sentence for each file that holds none."""
    found: list[OwnPreset] = []
    problems: list[str] = []
    try:
        paths = sorted(own_folder().glob("*.json"))
    except OSError:
        paths = []
    for path in paths:
        try:
            found.append(read_own(path))
        except (ConfigurationError, DataError, OSError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            problems.append(f"The network {path.name} in {path.parent} cannot be used: {reason.rstrip('.')}.")
    for problem in problems:
        _log.warning("%s", problem)
    return {preset.name: preset for preset in sorted(found, key=lambda preset: preset.title.lower())}, tuple(problems)


def read_own(path: Path) -> OwnPreset:
    """The preset in a file.

    Raises:
        ConfigurationError, DataError, OSError: it cannot be read, or holds none.
    """
    try:
        with SourceFile(path) as file:
            value = json.loads(decode_text(path, file.read(_MOST_BYTES)))
    except (ValueError, RecursionError):
        raise ConfigurationError("It is no JSON.") from None
    preset = OwnPreset.from_dict(value, PRESETS)
    if preset.name in PRESETS or preset.name != path.stem:
        raise ConfigurationError(f"It is named {preset.name!r}, unlike its file.")
    return preset


def save_own(preset: OwnPreset, title: str) -> OwnPreset:
    """Keep a preset under this title; one of the same title is replaced. Gives it as it is kept.

    Raises:
        ConfigurationError: the title cannot be used.
        OSError: the file cannot be written.
    """
    title = " ".join(title.split())
    name = name_of_title(title)
    if not name or len(title) > LONGEST_TITLE:
        raise ConfigurationError(f"A name has letters or digits (a to z, 0 to 9), and at most {LONGEST_TITLE} signs.")
    if name in (*PRESETS, EDITED):
        raise ConfigurationError(f"{name!r} is the name of something that comes with DigitLab: choose another one.")
    folder = own_folder()
    other = _title_in(folder / f"{name}.json")
    if other and other.casefold() != title.casefold():
        raise ConfigurationError(f"{title!r} would replace {other!r}: both are {name!r} in short. Choose another name.")
    kept = replace(preset, name=name, title=title)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kept.to_dict(), ensure_ascii=False, indent=1)
    write_atomically(folder / f"{name}.json", text.encode())
    return kept


def _title_in(path: Path) -> str:
    """Empty for a file that is not there, or holds no network."""
    try:
        return read_own(path).title
    except (ConfigurationError, DataError, OSError):
        return ""


def all_presets() -> dict[str, ModelPreset]:
    """Every preset by name: those that come with us, then the user's."""
    return {**PRESETS, **own_presets()[0]}
