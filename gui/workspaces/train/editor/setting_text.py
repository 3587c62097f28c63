"""Settings of layers as text and back."""

from typing import Any

from gui.widgets.number_text import read_number


def sizes_text(value: object) -> str:
    """[2, 3] as "2 × 3", [3, 3] as "3", None as ""."""
    if isinstance(value, list | tuple):
        same = len(value) == 2 and value[0] == value[1]
        return str(value[0]) if same else " × ".join(map(str, value))
    return "" if value is None else str(value)


def read_sizes(text: str) -> Any:  # noqa: ANN401 — one number, a list, None, or the text that is no size
    """What `sizes_text` stands for; text that is none comes back as it is, for the layer to refuse."""
    parts = text.replace("x", "×").replace(",", "×").replace("−", "-").split("×")
    try:
        numbers = [int(part) for part in parts if part.strip() or len(parts) > 1]
    except ValueError:
        return text
    return numbers if len(numbers) > 1 else numbers[0] if numbers else None


def read_one(text: str, whole: bool) -> Any:  # noqa: ANN401 — a number, or the text that is none
    """A number; text that is none comes back as it is, for the layer to refuse."""
    try:
        number = read_number(text.strip())
    except (ValueError, OverflowError):
        return text
    return int(number) if whole and number == int(number) else number


def summary(kind_title: str, settings: dict[str, Any]) -> str:
    """A row in a few words: "Convolution 16, 3, relu"."""
    told = []
    for name in ("filters", "units", "kernel_size", "pool_size", "rate", "stddev", "target_shape", "dims", "n", "size"):
        if name in settings:
            told.append(sizes_text(settings[name]))
    activation = settings.get("activation")
    if activation is not None:
        told.append(str(activation.get("kind")) if isinstance(activation, dict) else str(activation))
    return f"{kind_title} {', '.join(told)}".strip()
