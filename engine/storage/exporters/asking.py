"""Runs a program that was exported, in a process of its own: other libraries stay out of this one."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from engine.core.parameters import FloatArray
from engine.errors import ExportError
from engine.storage.exporters.exporter import ExportedAnswer

_DRIVER = """
import runpy, sys
import numpy as np
library = __import__(sys.argv[3])
program = runpy.run_path(sys.argv[1])
images = np.load(sys.argv[2] + "/images.npy")
answers = {"probabilities": program["predict"](images)}
if "refused" in program:
    answers["refused"] = program["refused"](images)
np.savez(sys.argv[2] + "/answers.npz", **answers)
print(library.__version__)
"""
_LONGEST_SECONDS = 300


def ask_program(path: Path, images: FloatArray, module: str, title: str) -> ExportedAnswer:
    """What the program at `path` answers to images (n, 20, 20), with the library `module`.

    Raises:
        ExportError: it ends with an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/images.npy", images)
        command = [sys.executable, "-c", _DRIVER, str(path), folder, module]
        environment = {"KERAS_BACKEND": "torch", **os.environ}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LONGEST_SECONDS, env=environment, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ExportError(f"{title} cannot run what was written: {last}")
        with np.load(f"{folder}/answers.npz") as answers:
            refused = answers.get("refused")
            return ExportedAnswer(answers["probabilities"], refused, f"{title} {done.stdout.split()[-1]}")
