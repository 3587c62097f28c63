"""The limit on BLAS: where its libraries are looked for."""

import sys

import numpy as np
import threadpoolctl

from engine.threads.blas_threads import BlasLimit


def test_libraries_are_looked_for_again_only_when_modules_have_come(monkeypatch):
    searches = []

    class Counted(threadpoolctl.ThreadpoolController):
        def __init__(self):
            searches.append(self)
            super().__init__()

    BlasLimit(1).release()
    with monkeypatch.context() as patched:
        patched.setattr(threadpoolctl, "ThreadpoolController", Counted)
        limit = BlasLimit(1)
        assert not searches
        limit.release()
        patched.setitem(sys.modules, "a_module_that_has_come", np)
        BlasLimit(1).release()
        BlasLimit(1).release()
        assert len(searches) == 1
