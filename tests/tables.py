"""One test over a table of cases: of thousands of tiny tests, pytest's own work would be the larger part.

All cases run, also after one that failed, and each failure names its case.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps

import pytest


def over(names: str | tuple[str, ...], rows: Iterable, ids: Callable | Iterable[str] = str) -> Callable:
    """As `pytest.mark.parametrize`, but within one test; its fixtures serve all rows.

    Args:
        names: the arguments of the test that a row fills, as a tuple or with commas between them.
        rows: a tuple for each case, or a value where there is one name.
        ids: what a failure calls each case, or a function that gives it.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = list(rows)
    called = [ids(row) for row in rows] if callable(ids) else list(ids)
    assert rows
    assert len(rows) == len(called)

    def decorate(test: Callable) -> Callable:
        @wraps(test)
        def run(**fixtures):
            failures = []
            for row, name in zip(rows, called, strict=True):
                try:
                    test(**fixtures, **dict(zip(keys, row if len(keys) > 1 else (row,), strict=True)))
                except (Exception, pytest.fail.Exception, BaseExceptionGroup) as error:
                    error.add_note(f"in the case {name}")
                    failures.append(error)
            if len(failures) == 1:
                raise failures[0]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(rows)} cases failed", failures)

        signature = inspect.signature(test)
        kept = [parameter for name, parameter in signature.parameters.items() if name not in keys]
        assert len(kept) == len(signature.parameters) - len(keys), f"{test.__name__} lacks one of {keys}"
        run.__signature__ = signature.replace(parameters=kept)
        return run

    return decorate
