"""The comparison leaves out what holds one library to older instructions."""

import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import os, sys
from same_instructions import run_without_limits
run_without_limits()
print(os.environ.get("OPENBLAS_CORETYPE"), os.environ["OPENBLAS_NUM_THREADS"], sys.argv[1:])
sys.exit(3)
"""


def run(tmp_path, **variables):
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OPENBLAS_NUM_THREADS": "1"} | variables
    command = [sys.executable, str(program), "--only", "mlp"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_it_is_left_out_and_said(tmp_path):
    ended = run(tmp_path, OPENBLAS_CORETYPE="Haswell")
    assert ended.stdout == "None 1 ['--only', 'mlp']\n"
    assert "OPENBLAS_CORETYPE=Haswell" in ended.stderr
    assert ended.returncode == 3


def test_without_limits_nothing_is_said(tmp_path, monkeypatch):
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        monkeypatch.delenv(name, raising=False)
    ended = run(tmp_path)
    assert ended.stdout == "None 1 ['--only', 'mlp']\n"
    assert not ended.stderr
    assert ended.returncode == 3
