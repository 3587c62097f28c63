"""Shares in words, the same in the window and on the command line."""


def percent(share: float, decimals: int = 1) -> str:
    """A share from 0 to 1 such as "98.7 %"; never "100 %" or "0 %" for what is only close to it."""
    text, least = f"{100 * share:.{decimals}f}", 10.0**-decimals
    if 0.0 < share < 1.0 and float(text) == 100.0:
        return f"> {100 - least:.{decimals}f} %"
    if 0.0 < share < 1.0 and float(text) == 0.0:
        return f"< {least:.{decimals}f} %"
    return f"{text} %"
