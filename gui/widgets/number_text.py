"""How numbers that a person typed are read, the same in every field."""

import re

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
