"""What a followed drawing needs: the weights at the end of every epoch."""

from dataclasses import replace

import pytest
from fake_training import few_digits, short

from gui.lab.training_session import TrainingSession
from models import PRESETS

SOFTMAX = PRESETS["softmax"]


@pytest.fixture
def session(qapp):
    session = TrainingSession(load_data=few_digits)
    yield session
    assert session.shutdown(2.0)


def test_every_epoch_gives_its_weights_in_order_however_fast_they_are(qtbot, session):
    told = []
    session.weights_changed.connect(lambda snapshot, epochs: told.append((snapshot, epochs)))
    with qtbot.waitSignal(session.finished, timeout=10_000):
        assert session.start(SOFTMAX, replace(short(SOFTMAX), epochs=25))
    epochs = [epochs for _, epochs in told]
    assert set(range(1, 26)) <= set(epochs)
    assert epochs == sorted(epochs)
    ends = [snapshot for snapshot, at in told if at == int(at) and at > 0]
    assert len({snapshot.tobytes() for snapshot in ends}) >= 25
    assert not any(snapshot.flags.writeable for snapshot in ends)
