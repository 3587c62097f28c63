"""The engine's exceptions: each message is one plain sentence that names the cause and the way out."""


class EngineError(Exception):
    """Base of every error that the engine raises on purpose; its text is meant for a person."""


class ShapeError(EngineError, ValueError):
    """An array or a layer has the wrong shape: the text names the layer, the expected and the given shape."""


class ConfigurationError(EngineError, ValueError):
    """A setting is out of range or unknown.

    Attributes:
        field: name of the offending setting (as in `TrainingConfig`), or "" when no single one is at fault.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class DataError(EngineError, ValueError):
    """A data, drawing or image file is missing, damaged or of the wrong kind: the text names the file."""


class ModelFileError(EngineError, ValueError):
    """A model file cannot be read or written: the text names the file and the reason."""


class ExportError(EngineError):
    """A model cannot be exported, or what was written does not answer as the model does."""
