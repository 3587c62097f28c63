"""Where the window keeps its own files: settings, logs with unsaved work, and the user's digits have a folder each."""

import os
from pathlib import Path

from engine.core.user_folders import APPLICATION_NAME, CONFIG_VARIABLE, config_folder, data_folder

__all__ = ["APPLICATION_NAME", "CONFIG_VARIABLE", "config_folder", "data_folder", "state_folder"]


def state_folder() -> Path:
    """The folder of logs, crash reports and work that was not saved yet; it need not exist yet."""
    override = os.environ.get(CONFIG_VARIABLE)
    if override:
        return Path(override) / "state"
    import platformdirs

    return Path(platformdirs.user_state_dir(APPLICATION_NAME, appauthor=False))
