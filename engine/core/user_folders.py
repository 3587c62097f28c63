"""Where the program keeps what the user made, with or without a window: a folder a kind, which need not exist yet."""

import os
from pathlib import Path

# One variable moves everything, so that tests and portable copies leave the user's own folders alone.
CONFIG_VARIABLE = "DIGITLAB_CONFIG_DIR"
APPLICATION_NAME = "digitlab"


def data_folder() -> Path:
    """The folder of what the user made and keeps, such as their own digits."""
    return _folder("data", "data")


def config_folder() -> Path:
    """The folder of settings and of the user's own networks."""
    return _folder("config", "")


def state_folder() -> Path:
    """The folder of logs, crash reports and work that was not saved yet."""
    return _folder("state", "state")


def _folder(kind: str, inside: str) -> Path:
    override = os.environ.get(CONFIG_VARIABLE)
    if override:
        return Path(override) / inside
    import platformdirs  # lazily: a tenth of a bare start is worth saving, and tests never need it

    return Path(getattr(platformdirs, f"user_{kind}_dir")(APPLICATION_NAME, appauthor=False))
