"""Features made in two processes are those that one makes, whatever becomes of the second one."""

import numpy as np
import pytest

from engine.data.image_drawings import drawing_features
from engine.data.readers import drawing_features as made
from engine.ink.drawing import Drawing

DRAWINGS = [Drawing.from_points([[(0, 0), (number, 5)], [(9, number)]]) for number in range(9)]
DRAWINGS += [Drawing.from_points([[(1e14, 1e14)]]), Drawing()]
PARTS = [DRAWINGS[:3], DRAWINGS[3:10], DRAWINGS[10:]]


@pytest.mark.parametrize("program", [None, "sys.exit()", "print('no answer')"], ids=["works", "ends", "talks"])
def test_two_processes_give_the_features_of_one(program, monkeypatch):
    processes, made_here = [], []

    def start(usual):
        processes.append(start_python(program or usual))
        return processes[-1]

    def features_here(drawings):
        made_here.append(len(drawings))
        return drawing_features(drawings)

    start_python = made.start_python
    monkeypatch.setattr(made, "drawing_features", features_here)
    monkeypatch.setattr(made, "start_python", start)
    monkeypatch.setattr(made, "available_cores", lambda: 2)
    with made.FeatureMaker(with_process=True) as maker:
        for part in PARTS:
            maker.add(part)
        found = maker.features()
    for one, other in zip(found, drawing_features(DRAWINGS), strict=True):
        assert one is other is None or np.array_equal(one, other)
    # The last part holds a blank drawing, which may have come as an image.
    assert sorted(made_here) == ([1] if program is None and processes else [1, 3, 7])
    assert [process.returncode is not None for process in processes] == [True] * made.can_start_python()


@pytest.mark.parametrize("cores", [1, 2])
def test_without_a_second_process_all_features_are_made_here(cores, monkeypatch):
    def refuse(_program):
        assert cores > 1
        raise OSError

    monkeypatch.setattr(made, "start_python", refuse)
    monkeypatch.setattr(made, "available_cores", lambda: cores)
    with made.FeatureMaker(with_process=True) as maker:
        maker.add(DRAWINGS)
        assert [features is None for features in maker.features()] == [False] * 9 + [True] * 2
