"""The start of the window: application, self-check, signals of termination, supported versions."""

# PySide6 reads the source of every module that is imported after it (its switch for other spellings of names looks for
# users of Qt): what a first answer needs of engine and models takes a tenth less time before it.
import engine.ink.drawing_collection
import engine.training.messages  # noqa: F401
import models.presets.pretrained  # noqa: F401
