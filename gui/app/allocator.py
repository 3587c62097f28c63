"""How the C library keeps what threads give back."""

import ctypes

# Of glibc's malloc.h.
_M_ARENA_MAX = -8


def use_one_arena() -> bool:
    """Let all threads take memory from one heap, before the first of them starts; False where that cannot be asked.

    glibc gives threads heaps of their own, up to eight a core, and what one has given back is not there for another:
    background tasks, whose threads come and go, then hold half a gigabyte that nobody uses after seven trainings.
    Other C libraries have no such setting.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):
        return False
