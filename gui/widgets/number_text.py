"""How numbers that a person typed are read, the same in every field, and how short ones are written."""

import math
import re
from collections.abc import Sequence

# 1,000 and 1,234,567.5: a comma before each three digits, and at least one; 1 000 and 1_000 likewise.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,\s_])\d{3}(\1\d{3})*(\.\d+)?")


def read_number(text: str) -> float:
    """The number that a text means.

    A comma before exactly three digits groups thousands, as a blank does: "1,000" is 1000, "12,500.5" is 12500.5. Any
    other single comma is a decimal sign: "1,5" and "0,001" are 1.5 and 0.001.

    Raises:
        ValueError: the text is no number.
    """
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return float(re.sub(r"[,\s_]", "", text))
    return float(text.replace(",", "."))


def short_number(value: float) -> str:
    """At most about six characters: "0.05", "1200", "1e-6", "2.5e9"."""
    if value == 0 or 1e-3 * 0.999 <= abs(value) < 1e5:
        return f"{value:.4g}"
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def short_numbers(values: Sequence[float]) -> list[str]:
    """Rising numbers at equal distances, such as those of an axis, with as many places as tell them apart."""
    if len(values) < 2 or values[1] <= values[0]:
        # Rounded, a lone 0.9 would be told as 1. Beside large numbers, steps may be nothing.
        return [short_number(value) for value in values]
    spacing = values[1] - values[0]
    places = max(0, -math.floor(math.log10(spacing) + 1e-9))
    if places > 4 or max((abs(value) for value in values), default=0.0) >= 1e5:
        return [short_number(value) for value in values]
    return [f"{value:.{places}f}" for value in values]
