"""Makes each term of a formula a link to where its numbers come from."""

import re
from collections.abc import Collection
from typing import Final

# Tags, terms of several letters, words, and everything else letter by letter.
_TOKENS: Final = re.compile(r"<[^>]+>|∂L/∂[zw]|w′|[mv]\u0302|β[₁₂]|[A-Za-z]+|.")
# Controls above the table.
BATCH: Final = "batch"
RULE: Final = "rule"
_HOMES: Final = {
    **{"W": "weights", "b": "weights", "a": "layers"},
    **{"z": "z", "p": "p", "q": "p", "h": "p", "answer": "p", "L": "L", "J": "L"},
    **{"∂L/∂z": "dz", "∂L/∂w": "g", "g": "g", "r": "r", "w": "w", "w′": "after"},
    **{symbol: f"term-{symbol}" for symbol in ("m", "v", "m\u0302", "v\u0302", "s", "u")},
    **dict.fromkeys(("y", "n", "K"), BATCH),
    **dict.fromkeys(("α", "μ", "ρ", "ε", "β₁", "β₂", "t"), RULE),
}


def linked(formula: str, own: str, rows: Collection[str]) -> str:
    """The formula with links.

    Args:
        formula: simple HTML; a word of several letters is no term.
        own: the row it stands in, to which nothing in it leads.
        rows: the keys of all rows: a term without a row of its own, such as v before the first step, is none.
    """
    parts = []
    for token in _TOKENS.findall(formula):
        home = _HOMES.get(token, "")
        # Fonts without serifs may leave the hat out, and "serif" is a name that fontconfig need not know.
        shown = (
            f"<span style=\"font-family: 'DejaVu Serif', serif\">{token}</span>" if token.endswith("\u0302") else token
        )
        known = home in rows or home in ("weights", "layers", BATCH, RULE)
        parts.append(f'<a href="{home}">{shown}</a>' if known and home != own else shown)
    return "".join(parts)
