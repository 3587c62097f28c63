"""The window's memory between two starts: one small JSON file that can be read, edited and thrown away.

Not QSettings: its INI files can carry pickled Python objects, which run code when they are read.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.core.file_io import write_atomically
from engine.core.user_folders import config_folder
from gui.theme.tokens import THEME_MODES, ThemeMode

FORMAT_VERSION = 1
MAXIMUM_RECENT = 8
PEN_WIDTHS = (6, 40)
TEXT_PERCENTS = (100, 200)
# A settings file holds a few kilobytes; anything much larger is not ours.
MAXIMUM_BYTES = 1_000_000


@dataclass(slots=True)
class Settings:
    """What the window remembers.

    Attributes:
        theme: "system", "light" or "dark".
        text_percent: size of text, from 100 to 200 percent of the usual one.
        pen_width: pen width in pixels of a canvas of 280 pixels.
        recogniser: the model that answers: a preset key or the path of a model file.
        recent_models: paths of model files, newest first.
        workspaces: the values of each workspace by its key; the workspace checks them itself.
        last_folder: folder of the last open or save.
        geometry: `QWidget.saveGeometry` in base 64; "" before the first close.
        tab: object name of the open workspace.
        read_numbers: whether several digits are read as a number.
        datasets: files and mixtures to train on, the chosen one and its split.
        label_edits: what the user has put right about the labels of each data set, by its key.
        writer: whose digits are filed; "" for nobody in particular.
    """

    theme: ThemeMode = "system"
    text_percent: int = 100
    pen_width: int = 20
    recogniser: str = "cnn-large"
    recent_models: list[str] = field(default_factory=list)
    workspaces: dict[str, Any] = field(default_factory=lambda: {"train": {"preset": "cnn"}})
    last_folder: str = ""
    geometry: str = ""
    tab: str = ""
    read_numbers: bool = True
    label_edits: dict[str, Any] = field(default_factory=dict)
    datasets: dict[str, Any] = field(default_factory=dict)
    writer: str = ""

    def remember_model(self, path: str | Path) -> None:
        """Put a model file at the head of the recent ones."""
        name = str(path)
        self.recent_models = [name, *(other for other in self.recent_models if other != name)][:MAXIMUM_RECENT]


def _text(value: object, default: str) -> str:
    return value if isinstance(value, str) and "\0" not in value else default


def _switch(value: object, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _theme(value: object, default: ThemeMode) -> ThemeMode:
    return next((mode for mode in THEME_MODES if mode == value), default)


def _pen_width(value: object, default: int) -> int:
    return _clamped(value, default, PEN_WIDTHS)


def _text_percent(value: object, default: int) -> int:
    return _clamped(value, default, TEXT_PERCENTS)


def _clamped(value: object, default: int, limits: tuple[int, int]) -> int:
    # Not `isfinite`: a whole number in JSON may be too long to become a float.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return default
    return round(min(limits[1], max(limits[0], value)))


def _paths(value: object, default: list[str]) -> list[str]:
    if not isinstance(value, list):
        return default
    return [item for item in value if isinstance(item, str) and item and "\0" not in item][:MAXIMUM_RECENT]


def _mapping(value: object, default: dict[str, Any]) -> dict[str, Any]:
    return value if isinstance(value, dict) else default


def _mappings(value: object, default: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(value, dict):
        return default
    return {key: item for key, item in value.items() if isinstance(item, dict)}


# How each setting is taken from a file that anybody may have edited: wrong values fall back or are clamped.
READERS: dict[str, Callable[[Any, Any], Any]] = {
    "theme": _theme,
    "text_percent": _text_percent,
    "pen_width": _pen_width,
    "recogniser": _text,
    "recent_models": _paths,
    "workspaces": _mappings,
    "last_folder": _text,
    "geometry": _text,
    "tab": _text,
    "read_numbers": _switch,
    "label_edits": _mappings,
    "datasets": _mapping,
    "writer": _text,
}


class SettingsFile:
    """Reads and writes the settings.

    Attributes:
        path: the JSON file.
        problem: one sentence for the user when the file could not be used, else "".
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else config_folder() / "settings.json"
        self.problem = ""
        self._foreign: dict[str, Any] = {}

    def load(self) -> Settings:
        """The settings in the file, or the defaults where it has none or is damaged.

        A damaged file is set aside as `settings.json.bad`, never overwritten, and `problem` says so.
        """
        self.problem = ""
        try:
            document = self._read()
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError):
            self._set_aside()
            return Settings()
        # Until version 0.1 the Train tab's values stood alone.
        training = document.pop("training", None)
        document.setdefault("workspaces", {"train": training} if isinstance(training, dict) else None)
        defaults = Settings()
        known = {name: READERS[name](document[name], getattr(defaults, name)) for name in READERS if name in document}
        # Keys of a newer version survive a round trip through this one.
        self._foreign = {key: value for key, value in document.items() if key not in READERS and key != "version"}
        return Settings(**known)

    def save(self, settings: Settings) -> None:
        """Write the settings; the old file stays whole if that fails.

        Raises:
            OSError: the folder cannot be written.
        """
        values = {item.name: getattr(settings, item.name) for item in fields(settings)}
        document = {"version": FORMAT_VERSION, **values, **self._foreign}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            data = json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            # Half of a letter, as a file name that is no UTF-8 has; JSON can say it in other letters.
            data = json.dumps(document, indent=2).encode("ascii")
        write_atomically(self.path, data + b"\n")

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            raise FileNotFoundError(self.path)
        if not self.path.is_file():
            raise ValueError("not a file")
        with self.path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
        if len(content) > MAXIMUM_BYTES:
            raise ValueError("too large")
        document = json.loads(content.decode("utf-8"))
        if not isinstance(document, dict):
            raise ValueError("not an object")
        return document

    def _set_aside(self) -> None:
        aside = self.path.with_name(self.path.name + ".bad")
        try:
            os.replace(self.path, aside)
            self.problem = f"The settings file was damaged, so DigitLab starts afresh; the old file is now {aside}."
        except OSError:
            self.problem = f"The settings in {self.path} cannot be read, so DigitLab starts with the usual ones."
