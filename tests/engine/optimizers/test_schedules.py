import json
import math

import numpy as np
import pytest

from engine.errors import ConfigurationError
from engine.optimizers.schedules import SCHEDULES, CosineDecay, OneCycle, ReduceOnPlateau, StepDecay, make_schedule
from tests.tables import over


def begun(schedule, steps=100, per_epoch=10, rate=0.5):
    schedule.begin(rate, steps, per_epoch)
    return schedule


@over("kind", SCHEDULES)
def test_every_schedule_stays_between_zero_and_the_configured_rate(kind):
    schedule = begun(make_schedule(kind))
    rates = []
    for step in range(100):
        rates.append(schedule.rate(step))
        if step % 10 == 9:
            schedule.epoch_ended(lambda _name: 1.0)
    assert all(0 <= rate <= 0.5 for rate in rates)
    assert max(rates) == pytest.approx(0.5, rel=0.01)
    state = json.loads(json.dumps(schedule.state_dict()))
    copy = make_schedule(kind)
    copy.load_state_dict(state)
    copy.begin(0.5, 100, 10, resumed=True)
    assert copy.rate(99) == schedule.rate(99)


def test_step_decay():
    schedule = begun(StepDecay(factor=0.1, epochs=2))
    assert [schedule.rate(step) for step in (0, 19, 20, 40)] == pytest.approx([0.5, 0.5, 0.05, 0.005])
    thirds = begun(StepDecay(), steps=90, per_epoch=10)
    assert [thirds.rate(step) for step in (29, 30, 60)] == pytest.approx([0.5, 0.05, 0.005])


def test_cosine_decay():
    schedule = begun(CosineDecay(final_fraction=0.2))
    assert [schedule.rate(step) for step in (0, 50, 100, 200)] == pytest.approx([0.5, 0.3, 0.1, 0.1])


def test_one_cycle():
    schedule = begun(OneCycle())
    rates = [schedule.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.5 / 25)
    assert int(np.argmax(rates)) == 29
    assert rates[29] == pytest.approx(0.5)
    assert rates[99] == pytest.approx(0.5 / 25 / 1e4)
    assert schedule.rate(1000) == rates[99]


def test_reduce_on_plateau():
    schedule = begun(ReduceOnPlateau(factor=0.5, patience=2))
    heard = []
    for loss in (1.0, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8, math.inf):
        schedule.epoch_ended({"val_loss": loss}.__getitem__)
        heard.append(schedule.rate(0))
    assert heard == [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125]
    schedule.begin(0.5, 100, 10)
    assert schedule.rate(0) == 0.5


@over(
    "make",
    [
        lambda: StepDecay(factor=0),
        lambda: StepDecay(epochs=0),
        lambda: CosineDecay(final_fraction=2),
        lambda: OneCycle(warm_up=0),
        lambda: ReduceOnPlateau(factor=1),
        lambda: ReduceOnPlateau(patience=0),
        lambda: make_schedule("none"),
    ],
)
def test_senseless_settings_are_refused(make):
    with pytest.raises(ConfigurationError):
        make()
