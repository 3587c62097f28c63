"""Undo and redo of edits whose states are values."""

from typing import Generic, TypeVar

StateT = TypeVar("StateT")


class EditHistory(Generic[StateT]):
    """The states that an edited thing was in, and which of them it is in now."""

    def __init__(self, state: StateT) -> None:
        self._states = [state]
        self._at = 0
        self._key = ""

    @property
    def state(self) -> StateT:
        """As it is now."""
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there was an edit."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether an edit was undone and nothing else done since."""
        return self._at + 1 < len(self._states)

    def push(self, state: StateT, key: str = "") -> None:
        """An edit; edits of the same key in a row, such as typing into one field, are one step."""
        follows = bool(key) and key == self._key and self.can_undo
        self._states[self._at + (not follows) :] = [state]
        self._at = len(self._states) - 1
        self._key = key

    def undo(self) -> None:
        """Take the last edit back."""
        self._at, self._key = max(0, self._at - 1), ""

    def redo(self) -> None:
        """Do again what was undone."""
        self._at, self._key = min(len(self._states) - 1, self._at + 1), ""
