"""Where the program keeps what the user made, with and without a window."""

import os
from pathlib import Path

# One variable moves everything, so that tests and portable copies leave the user's own folders alone.
CONFIG_VARIABLE = "DIGITLAB_CONFIG_DIR"
APPLICATION_NAME = "digitlab"


def data_folder() -> Path:
    """The folder of what the user made and keeps, such as their own digits; it need not exist yet."""
    override = os.environ.get(CONFIG_VARIABLE)
    if override:
        return Path(override) / "data"
    import platformdirs  # lazily: a tenth of a bare start is worth saving, and tests never need it

    return Path(platformdirs.user_data_dir(APPLICATION_NAME, appauthor=False))


def config_folder() -> Path:
    """The folder of settings and of the user's own networks; it need not exist yet."""
    override = os.environ.get(CONFIG_VARIABLE)
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_config_dir(APPLICATION_NAME, appauthor=False))
