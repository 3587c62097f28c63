"""Copies the licence of this Python and of every installed package: python packaging/collect_licences.py FOLDER."""

import re
import shutil
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

_NAMES = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.IGNORECASE)
# Only needed for building.
_TOOLS = {"pip", "setuptools", "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "packaging", "wheel"}


def collect(folder: Path) -> list[str]:
    """Copy them; gives the names of the packages that bring no text of their own."""
    without = []
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name.lower() in _TOOLS or name.lower() == "digitlab":
            continue
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        terms = distribution.metadata.get("License-Expression") or distribution.metadata.get("License") or "see below"
        (place / "terms.txt").write_text(
            f"{name} {distribution.version}\nLicence: {terms}\n{distribution.metadata.get('Home-page') or ''}\n",
            encoding="utf-8",
        )
        texts = [
            path for path in distribution.files or () if _NAMES.search(str(path)) and not str(path).endswith(".py")
        ]
        for path in texts:
            source = Path(str(distribution.locate_file(path)))
            if source.is_file():
                shutil.copy(source, place / str(path).replace("/", "_").replace("..", ""))
        if not texts:
            without.append(name)
    for candidate in ("LICENSE.txt", "LICENSE"):
        for home in (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)):
            if (home / candidate).is_file():
                (folder / "Python").mkdir(exist_ok=True)
                shutil.copy(home / candidate, folder / "Python" / "LICENSE.txt")
    return without


if __name__ == "__main__":
    for package in collect(Path(sys.argv[1])):
        print(f"{package} brings no licence text; terms.txt names its terms.")
