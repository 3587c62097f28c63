"""Lets both sides of a comparison use all that the processor can do.

Some environment variables hold one library to older instructions and leave the others alone: `OPENBLAS_CORETYPE`
does so to NumPy's and SciPy's BLAS, `ATEN_CPU_CAPABILITY` to PyTorch. A ratio would then say more about the variable
than about the engine.
"""

import os
import subprocess
import sys

ONE_SIDED = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "ATEN_CPU_CAPABILITY",
    "DNNL_MAX_CPU_ISA",
    "ONEDNN_MAX_CPU_ISA",
    "MKL_CBWR",
    "MKL_DEBUG_CPU_TYPE",
    "MKL_ENABLE_INSTRUCTIONS",
)


def run_without_limits():
    """Run this program again without such variables, if there are any, and end with its exit code.

    Libraries read them when they are loaded, which has happened by now, so another process has to.
    """
    limits = {name: os.environ[name] for name in ONE_SIDED if name in os.environ}
    if not limits:
        return
    told = ", ".join(f"{name}={value}" for name, value in limits.items())
    print(f"Left out, because it limits one side only: {told}. `--as-set` keeps it.", file=sys.stderr, flush=True)
    environment = {name: value for name, value in os.environ.items() if name not in limits}
    sys.exit(subprocess.run([sys.executable, *sys.orig_argv[1:]], env=environment).returncode)
