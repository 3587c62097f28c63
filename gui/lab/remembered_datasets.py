"""What the settings keep of the data sets: files, mixtures, the choice and the split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# Fields of `engine.data.ReadOptions` that a person can say, and what their values may be.
OPTIONS: Final[dict[str, tuple[type, ...]]] = {
    "labels_column": (str,),
    "transpose": (bool,),
    "part": (str,),
    "label_shift": (int,),
    "mirrored": (bool,),
    "flipped": (bool,),
    "inverted": (bool,),
}


@dataclass(frozen=True, slots=True)
class MixtureRecord:
    """Which data sets a mixture is made of, and how many digits of each at most."""

    parts: tuple[str, ...]
    most: int | None


class RememberedDatasets:
    """Reads from and writes to a part of the settings that anybody may have edited; anything wrong is left out."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._mixtures: dict[str, MixtureRecord] = {}

    @property
    def current(self) -> str:
        """Key of the data set that was chosen, "" for none."""
        key = self._document.get("current")
        return key if isinstance(key, str) else ""

    @property
    def share(self) -> float | None:
        """The validation share; None where none is kept."""
        share = self._document.get("share")
        return float(share) if isinstance(share, int | float) and not isinstance(share, bool) else None

    @property
    def seed(self) -> int | None:
        """Seed of the split; None for the fixed one."""
        seed = self._document.get("seed")
        return seed if type(seed) is int and 0 <= seed < 2**31 else None

    @property
    def by_writer(self) -> bool:
        """Whether writers stay together."""
        return self._document.get("by_writer") is True

    @property
    def files(self) -> list[tuple[str, dict[str, Any]]]:
        """(path, options) of each file."""
        found = []
        for item in _listed(self._document.get("files")):
            path, options = item.get("path"), item.get("options")
            if isinstance(path, str) and path and "\0" not in path:
                found.append((path, known_options(options if isinstance(options, dict) else {})))
        return found

    @property
    def mixtures(self) -> list[MixtureRecord]:
        """The mixtures in the order in which they were made."""
        found = []
        for item in _listed(self._document.get("mixtures")):
            parts, most = item.get("parts"), item.get("most")
            if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                found.append(MixtureRecord(tuple(parts), most if type(most) is int and most > 0 else None))
        return found

    def keep_mixture(self, key: str, record: MixtureRecord) -> None:
        """Know what a mixture is made of."""
        self._mixtures[key] = record

    def keep(
        self,
        *,
        current: str,
        files: Sequence[tuple[str, Mapping[str, Any]]],
        mixtures: Sequence[str],
        split: tuple[float, int | None, bool],
    ) -> None:
        """Write everything."""
        share, seed, by_writer = split
        records = [self._mixtures[key] for key in mixtures if key in self._mixtures]
        self._document.update(
            current=current,
            files=[{"path": path, "options": dict(options)} for path, options in files],
            mixtures=[{"parts": list(record.parts), "most": record.most} for record in records],
            share=share,
            seed=seed,
            by_writer=by_writer,
        )


def known_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that mean something."""
    kept = {name: value for name, value in options.items() if name in OPTIONS and type(value) in OPTIONS[name]}
    if kept.get("part") not in (None, "train", "test"):
        del kept["part"]
    return kept


def _listed(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
