"""Builds the program for people without Python: one folder, packed, that starts by a double click.

    python packaging/build.py [--out FOLDER] [--keep-environment FOLDER] [--runs N]

In a clean virtual environment it installs DigitLab from this checkout and PyInstaller, packs them by `digitlab.spec`,
adds icons, file types and licences, starts the result with its self-check, and prints its size and how long it takes to
the first answer, beside the checkout's own. The same on Linux, Windows and macOS.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SYSTEM = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
# Nothing of the environment that builds may help the program that was built.
_OWN_PYTHON = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


def main() -> None:
    """Build, prove and measure; ends with an error where the result does not start."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the result goes (default: %(default)s)")
    parser.add_argument("--keep-environment", type=Path, metavar="FOLDER", help="keep and use again the environment")
    parser.add_argument("--runs", type=int, default=5, help="starts that are timed (default: %(default)s)")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        environment = (arguments.keep_environment or Path(work) / "environment").resolve()
        python = make_environment(environment, copy_source(Path(work) / "source"))
        version = output_of([python, "-c", "from engine.version import digitlab_version as v; print(v())"], Path(work))
        icons = Path(work) / "icons"
        run([python, HERE / "icons.py", icons])
        variables = os.environ | {"DIGITLAB_ICONS": str(icons), "DIGITLAB_VERSION": version}
        options = ["--noconfirm", "--distpath", out, "--workpath", Path(work) / "pyinstaller"]
        run([python, "-m", "PyInstaller", *options, HERE / "digitlab.spec"], Path(work), variables)
        folder = out / "digitlab"
        add_licences(python, folder)
        add_system_files(folder, icons)
        program = folder / ("digitlab.exe" if SYSTEM == "windows" else "digitlab")
        built, checkout = time_starts(program, python, arguments.runs)
        packed = pack(folder if SYSTEM != "macos" else out / "DigitLab.app", out, version)
    report = {
        "folder": str(folder),
        "packed": str(packed),
        "folder_megabytes": round(size_of(folder) / 1e6, 1),
        "packed_megabytes": round(packed.stat().st_size / 1e6, 1),
        "first_answer_seconds": round(built, 2),
        "checkout_first_answer_seconds": round(checkout, 2),
        "ratio": round(built / checkout, 2),
    }
    print(json.dumps(report, indent=2))


def copy_source(folder: Path) -> Path:
    """What the package is made of, apart from the checkout: leftovers of earlier builds would get into it."""
    folder.mkdir()
    for name in ("engine", "models", "gui"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("main.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def make_environment(folder: Path, source: Path) -> Path:
    """A virtual environment with DigitLab and PyInstaller alone; gives its Python."""
    python = folder / ("Scripts/python.exe" if SYSTEM == "windows" else "bin/python")
    if not python.exists():
        run([sys.executable, "-m", "venv", folder])
    run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt", source])
    # An environment that was kept has the package of another day.
    run([python, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", source])
    return python


def add_licences(python: Path, folder: Path) -> None:
    """Everybody's terms, in one folder: ours, Python's, each package's, Qt's, and those of the data inside."""
    licences = folder / "licences"
    shutil.copytree(HERE / "licences", licences / "Qt and PySide6", dirs_exist_ok=True)
    shutil.copy(ROOT / "LICENSE", licences / "DigitLab.txt")
    data = licences / "data"
    data.mkdir(exist_ok=True)
    shutil.copy(ROOT / "engine" / "data" / "bundled" / "README.md", data / "digits.md")
    shutil.copy(ROOT / "models" / "weights" / "README.md", data / "models.md")
    run([python, HERE / "collect_licences.py", licences])


def add_system_files(folder: Path, icons: Path) -> None:
    """What makes a double click on models and drawings open the program."""
    if SYSTEM == "linux":
        share = folder / "share"
        share.mkdir(exist_ok=True)
        for picture in icons.glob("digitlab-*.png"):
            side = picture.stem.partition("-")[2]
            place = share / "icons" / "hicolor" / f"{side}x{side}" / "apps"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, place / "digitlab.png")
        scalable = share / "icons" / "hicolor" / "scalable" / "apps"
        scalable.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "gui" / "theme" / "icons" / "digitlab.svg", scalable)
        for name in ("digitlab.desktop", "digitlab-mime.xml"):
            shutil.copy(HERE / "linux" / name, share)
        shutil.copy(HERE / "linux" / "install.sh", folder)
    elif SYSTEM == "windows":
        shutil.copy(HERE / "windows" / "file-types.ps1", folder)


def pack(folder: Path, out: Path, version: str) -> Path:
    """The folder as one file: tar.xz, or zip where people have no tar."""
    name = f"digitlab-{version}-{SYSTEM}"
    if SYSTEM == "linux":
        plain, packed = out / f"{name}.tar", out / f"{name}.tar.xz"
        with tarfile.open(plain, "w") as archive:
            archive.add(folder, name)
        run(["xz", "--force", "--threads=0", plain])
        return packed
    packed = out / f"{name}.zip"
    if SYSTEM == "macos":
        # Keeps links and permissions, as the bundle needs them.
        run(["ditto", "-c", "-k", "--keepParent", folder, packed])
        return packed
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, Path(name) / path.relative_to(folder))
    return packed


def time_starts(program: Path, python: Path, runs: int) -> tuple[float, float]:
    """Median seconds from the start of the process to its self-check's word: of the program and of the checkout."""
    built, checkout = [], []
    for _ in range(runs + 1):
        built.append(seconds_of([program, "--self-check"]))
        checkout.append(seconds_of([python, ROOT / "main.py", "--self-check"]))
    # The first start reads everything from the disk.
    return statistics.median(built[1:] or built), statistics.median(checkout[1:] or checkout)


def seconds_of(command: list[object]) -> float:
    """How long a self-check takes; ends with its words where it fails."""
    environment = {key: value for key, value in os.environ.items() if key not in _OWN_PYTHON}
    started = time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} does not pass its self-check: {done.stdout}{done.stderr}")
    return time.perf_counter() - started


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def run(command: list[object], folder: Path = ROOT, variables: dict[str, str] | None = None) -> None:
    """Run a command; ends with an error where it fails."""
    subprocess.run([str(part) for part in command], cwd=folder, env=variables, check=True)


def output_of(command: list[object], folder: Path) -> str:
    """What a command prints."""
    done = subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
