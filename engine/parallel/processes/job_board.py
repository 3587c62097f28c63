"""The words through which one process announces a job and others report it done."""

import select
import sys
import threading
import time
from collections.abc import Callable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

# Looks at a word between two pauses, and pauses before a wait becomes a slumber: together about half a millisecond.
# In a pause, other threads of the process get their turn.
_LOOKS = 100
_PAUSES = 150
_SLUMBER_SECONDS = 0.0001

# Numbers from one member's word to the next, so that no two lie in one line of the cache.
_STRIDE = 16


# What a member reports when it has come, before the first job, whose number is 1.
READY = -1


class Job(IntEnum):
    """What the members are to do."""

    EVALUATE = 1
    UPDATE = 2
    END = 3


class Field(IntEnum):
    """Positions of the words of a job.

    NUMBER counts the jobs from 1 and is written last.

    To evaluate: SIZE is that of the batch, PARTS into how many it is cut, STEP that of the training, SLICE the slice of
    a larger batch. To update: SIZE is how many of the parameters, the first ones, are not the members' business, PARTS
    of how many parts the gradients still have to be added (1: none), STEP that of the optimizer.
    """

    NUMBER = 0
    KIND = 16
    SIZE = 17
    PARTS = 18
    STEP = 19
    SLICE = 20


def let_others_run() -> None:
    """Give Python's lock to whoever waits for it, without sleeping."""
    if sys.platform == "win32":
        time.sleep(0)
    else:
        # `time.sleep(0)` takes 80 µs on Linux, this half of one.
        select.select((), (), (), 0)


# Only ever taken by `order_memory`.
_FENCE = threading.Lock()


def order_memory() -> None:
    """Let other processors see what was written before no later than what is written after; and likewise for reading.

    Python has no memory fence, but giving a lock back and taking it again is one.
    """
    with _FENCE:
        pass
    with _FENCE:
        pass


class JobBoard:
    """A board of whole numbers in shared memory.

    Args:
        words: int64, at least `JobBoard.size(members)` long.
    """

    def __init__(self, words: NDArray[np.int64]) -> None:
        # Reading one number from a memoryview takes a third of the time that it takes from an array.
        self._words = words.data

    @staticmethod
    def size(members: int) -> int:
        """How many numbers a board for so many members has."""
        return _STRIDE * (2 + 2 * members)

    def __getitem__(self, field: Field) -> int:
        return self._words[field]

    def __setitem__(self, field: Field, value: int) -> None:
        self._words[field] = value

    def announce(self, number: int) -> None:
        """Let the job be seen whose fields have been set."""
        order_memory()
        self._words[Field.NUMBER] = number

    def report(self, member: int, number: int) -> None:
        """The member (from 0) has done the job of this number."""
        order_memory()
        self._words[_STRIDE * (2 + 2 * member)] = number

    def reported(self, member: int) -> int:
        """Number of the last job that the member has done."""
        return self._words[_STRIDE * (2 + 2 * member)]

    def sleeps(self, member: int) -> bool:
        """Whether the member no longer looks, and has to be woken."""
        return self._words[_STRIDE * (3 + 2 * member)] != 0

    def set_sleeps(self, member: int, sleeps: bool) -> None:
        """For the member itself."""
        self._words[_STRIDE * (3 + 2 * member)] = int(sleeps)

    def wait_for_report(self, member: int, number: int, alive: Callable[[], bool]) -> bool:
        """Wait until the member has done the job; False when it is not alive any more."""
        words, place = self._words, _STRIDE * (2 + 2 * member)
        if _look(words, place, number):
            return True
        while words[place] != number:
            if not alive():
                return False
            time.sleep(_SLUMBER_SECONDS)
        order_memory()
        return True

    def wait_for_job(self, after: int) -> bool:
        """Wait for the job after this one, for about half a millisecond; whether it is announced."""
        return _look(self._words, Field.NUMBER, after + 1)


def _look(words: memoryview, place: int, value: int) -> bool:
    """Look at a word until it has the value, for a while; whether it has."""
    for _ in range(_PAUSES):
        for _ in range(_LOOKS):
            if words[place] == value:
                order_memory()
                return True
        let_others_run()
    return False
