"""Models for other programs: one file an exporter, and the one way that writes, asks and compares.

To add a format: its file, and its class here. The contract test then covers it.
"""

from engine.storage.exporters.comparing import LARGEST_DIFFERENCE, ExportReport, export_model
from engine.storage.exporters.exporter import Exporter
from engine.storage.exporters.keras_program import KerasProgram
from engine.storage.exporters.numpy_program import NumpyProgram
from engine.storage.exporters.onnx_file import OnnxFile
from engine.storage.exporters.pytorch_program import PytorchProgram

EXPORTERS: dict[str, Exporter] = {
    exporter.key: exporter for exporter in (OnnxFile(), KerasProgram(), PytorchProgram(), NumpyProgram())
}

__all__ = ["EXPORTERS", "LARGEST_DIFFERENCE", "ExportReport", "Exporter", "export_model"]
