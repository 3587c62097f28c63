"""5,000 steps in any order on a lab: at most one trainer, no illegal state, nothing leaks."""

from collections import Counter
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from session_machine import SessionMachine

from engine.training.knobs import KNOBS


def test_any_order_of_wishes(qapp, monkeypatch):
    # What the session says comes at once, so that more happens.
    monkeypatch.setattr("gui.lab.training_session.PULL_INTERVAL_MS", 2)

    class Machine(SessionMachine):
        steps: ClassVar[int] = 0
        seen: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=42, stateful_step_count=140, suppress_health_check=list(HealthCheck)),
    )
    assert Machine.steps >= 5000
    # How often depends on the machine's speed; that all of it happens does not.
    assert Machine.seen["running"] > 20
    assert Machine.seen["completed"] + Machine.seen["stopped"] > 5
    assert sum(Machine.seen[knob] for knob in KNOBS) > 0
