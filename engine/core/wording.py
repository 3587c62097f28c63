"""Numbers of things as a person says them, in the window and on the command line."""


def counted(count: int, thing: str, things: str = "") -> str:
    """Such as "1 thread", "8 threads", "365,066 parameters".

    Args:
        count: how many.
        thing: one of them.
        things: several of them, where that is not `thing` with an s.
    """
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"
