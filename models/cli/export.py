"""`export`: a model as a file that other programs run."""

import argparse
from pathlib import Path

from models.cli.output import write_json, write_line
from models.cli.parsing import Parser, Subparsers, add_json, add_model

FORMATS = ("onnx", "keras", "pytorch", "numpy")
COMPARED = 1000


def add_parser(subparsers: Subparsers) -> None:
    """Add `export` with its options."""
    parser: Parser = subparsers.add_parser(
        "export",
        help="write a model for other programs",
        description="Write a model as an ONNX file, or as a Keras, PyTorch or NumPy program with its weights in a .npz "
        "beside it. What was written is asked about 1,000 digits, and kept only if its probabilities differ by at most "
        '0.00001 from the model\'s. With --json one object: {"format", "files", "count", "largest_difference", '
        '"program"}; the difference is null where the other library is not installed.',
    )
    add_model(parser)
    parser.add_argument("--format", required=True, choices=FORMATS, help="what to write")
    parser.add_argument(
        "--out", required=True, metavar="PATH", help="the file: .onnx, or .py for a program; added where it is missing"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write, compare and tell; 0."""
    from engine.data import bundled_split
    from engine.storage.exporters import EXPORTERS, export_model
    from models.presets.pretrained import load

    model = load(arguments.model)
    exporter = EXPORTERS[arguments.format]
    report = export_model(model, exporter, Path(arguments.out), bundled_split()[1].images[:COMPARED])
    if arguments.json:
        write_json(
            {
                "format": arguments.format,
                "files": [str(file) for file in report.files],
                "count": report.count,
                "largest_difference": report.largest_difference,
                "program": report.program,
            }
        )
    else:
        write_line(report.told())
    return 0
