"""An optimizer's step in parts gives the bits of a whole step, also when a worker ends in the middle of its part."""

import os
import sys

import numpy as np
import pytest

from engine.optimizers import OPTIMIZERS, Adam
from engine.parallel.processes.shared_arrays import SharedArrays, create_memory
from engine.parallel.processes.shared_update import SharedUpdate
from tests.tables import over

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="worker processes need Linux")

SIZE, SHARDS = 1000, 3
MINE, OTHERS = slice(0, 300), slice(300, SIZE)


def shared(slots):
    """The arrays of a run as its processes share them."""
    layout = {
        "values": ((SIZE,), "<f4"),
        "gradients": ((SHARDS, SIZE), "<f4"),
        "slots": ((slots, SIZE), "<f4"),
        "before": ((1 + slots, SIZE), "<f4"),
        "copied": ((SHARDS,), "<i8"),
    }
    descriptor = create_memory(layout)
    arrays = SharedArrays(descriptor, layout)
    os.close(descriptor)
    return arrays


def gradients(step):
    return np.random.default_rng(step).normal(size=(SHARDS, SIZE)).astype(np.float32)


def whole_steps(make, count):
    """Values and memory after steps of the rule on whole vectors."""
    values, optimizer = np.linspace(-1, 1, SIZE, dtype=np.float32), make()
    for step in range(count):
        shards = gradients(step)
        optimizer.apply(values, shards[0] + shards[1] + shards[2])
    return [values, *optimizer.slots.values()]


class Killed(BaseException):
    """Stands for the end of a process."""


@over("name", [name for name in OPTIMIZERS if OPTIMIZERS[name]().works_in_parts])
@over("killed_after", [None, "nothing", "a copy", "half of the step"])
def test_parts_make_the_bits_of_a_whole_step(name, killed_after):
    own, other = OPTIMIZERS[name](), OPTIMIZERS[name]()
    arrays = shared(len(own.slot_names))
    arrays["values"][...] = np.linspace(-1, 1, SIZE)
    trainer, worker = SharedUpdate(own, arrays), SharedUpdate(other, arrays)
    update = other.update

    def half_an_update(values, gradients, slots, scratch):
        half = slice(0, values.size // 2)
        update(values[half], gradients[half], tuple(slot[half] for slot in slots), tuple(v[half] for v in scratch))
        raise Killed

    def no_update(*_arguments):
        raise Killed

    for step in range(4):
        arrays["gradients"][...] = gradients(step)
        worker.keep(OTHERS)
        if trainer.begin():
            worker.keep(OTHERS)
        trainer.change(MINE, SHARDS)
        if step == 3 and killed_after is not None:
            other.update = half_an_update if killed_after == "half of the step" else no_update
            if killed_after != "nothing":
                with pytest.raises(Killed):
                    worker.change_in_worker(0, own.steps, own.learning_rate, OTHERS, SHARDS)
            trainer.repeat(0, OTHERS, SHARDS)
        else:
            worker.change_in_worker(0, own.steps, own.learning_rate, OTHERS, SHARDS)
    trainer.close()
    expected = whole_steps(OPTIMIZERS[name], 4)
    for made, right in zip([arrays["values"], *own.slots.values()], expected, strict=True):
        np.testing.assert_array_equal(made, right)


def test_memory_that_somebody_has_set_is_used():
    optimizer, earlier = Adam(), Adam()
    arrays = shared(2)
    values = np.zeros(SIZE, np.float32)
    for step in range(2):
        earlier.apply(values, gradients(step)[0].copy())
    arrays["values"][...] = values
    update = SharedUpdate(optimizer, arrays)
    arrays["gradients"][...] = gradients(2)
    update.begin()
    update.change(slice(0, SIZE), 1)
    arrays["values"][...] = values
    optimizer.load_state_dict(earlier.state_dict())
    arrays["gradients"][...] = gradients(3)
    update.begin()
    update.change(slice(0, SIZE), 1)
    earlier.apply(values, gradients(3)[0].copy())
    np.testing.assert_array_equal(arrays["values"], values)


def test_a_worker_that_ends_after_memory_was_set():
    """What it copied before must not come back."""
    earlier, optimizer, other = Adam(), Adam(), Adam()
    arrays, values = shared(2), np.zeros(SIZE, np.float32)
    for step in range(2):
        earlier.apply(values, gradients(step).sum(axis=0))
    arrays["values"][...], arrays["gradients"][...] = values, gradients(2)
    trainer, worker = SharedUpdate(optimizer, arrays), SharedUpdate(other, arrays)
    worker.keep(OTHERS)
    optimizer.load_state_dict(earlier.state_dict())
    assert trainer.begin()
    worker.keep(OTHERS)
    worker.change_in_worker(0, optimizer.steps, optimizer.learning_rate, OTHERS, SHARDS)
    trainer.change(MINE, SHARDS)
    trainer.repeat(0, OTHERS, SHARDS)
    earlier.apply(values, gradients(2)[0] + gradients(2)[1] + gradients(2)[2])
    np.testing.assert_array_equal(arrays["values"], values)
    assert not trainer.begin()


@pytest.mark.parametrize("settings", [{"clip_norm": 1.0}, {"clipvalue": 1.0}, {"clipnorm": 1.0}, {"use_ema": True}])
def test_rules_that_need_the_whole_gradient_are_not_cut(settings):
    assert not Adam(**settings).works_in_parts
