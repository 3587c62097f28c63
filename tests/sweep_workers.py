"""Workers of a sweep that are a thread of this process, and a few digits for them."""

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np

from engine.data import bundled_split
from models.sweeps.workers import Workers


def few_digits():
    training, validation = bundled_split()
    return training.subset(np.arange(150)), validation.subset(np.arange(60))


class Threads(Workers):
    """One thread of this process, which fails as it is told."""

    at_once = 2

    def __init__(self, root, losses=()):
        super().__init__()
        self.root, self.losses, self.begun, self.wishes = root, Counter(dict(losses)), [], set()
        self.pool = None

    def open(self):
        self.pool = ThreadPoolExecutor(1)
        return self.pool

    def submit(self, trial, sweep_id, arguments):
        self.begun.append(trial.number)
        if self.losses[trial.number]:
            self.losses[trial.number] -= 1
            lost = Future()
            lost.set_exception(BrokenProcessPool("a process died"))
            return lost
        return super().submit(trial, sweep_id, arguments)

    def digits(self):
        return few_digits()

    def stop_wish(self, number):
        return lambda: lambda: number in self.wishes

    def ask_to_stop(self, number):
        self.wishes.add(number)

    def close(self):
        if self.pool is not None:
            self.pool.shutdown()

    def renew(self):
        pass

    def kill(self):
        pass
