"""Files that a training writes after its epochs, and what the classes that write them can be told."""

from engine.core.class_settings import ClassSetting, settings_of
from engine.sequential.recording import CSVLogger
from engine.sequential.watching import ModelCheckpoint

# Field of `TrainingConfig` → the class, and its setting that names the file.
FILES: dict[str, tuple[type[CSVLogger | ModelCheckpoint], str]] = {
    "csv_settings": (CSVLogger, "filename"),
    "checkpoint_settings": (ModelCheckpoint, "filepath"),
}


def file_settings(field: str) -> tuple[ClassSetting, ...]:
    """What a field of files can be told; files are written after epochs, so that no word is needed for when."""
    made, place = FILES[field]
    return tuple(one for one in settings_of(made, {place: ""}) if one.name != "save_freq")
