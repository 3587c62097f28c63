"""Features of a long file's drawings, made on two cores: in this process, which reads them, and in a second one."""

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import IO, Self, cast

import numpy as np

from engine.core.parameters import FloatArray
from engine.data.image_drawings import drawing_features
from engine.ink import DIGIT_SIDE, features_from_drawings
from engine.ink.drawing import Drawing, Stroke
from engine.threads.python_process import can_start_python, start_python
from engine.threads.thread_pool import available_cores

_PROGRAM = "from engine.data.readers.drawing_features import serve; serve()"
_AHEAD = 2  # parts that the second process has at most, so that it never waits for the next one
_BLANK = np.full((DIGIT_SIDE, DIGIT_SIDE), np.nan, np.float32)  # answers a drawing that has no features

Features = list[FloatArray | None]


class FeatureMaker:
    """Takes drawings part by part and gives their features, in order. A context manager; `close` ends the process.

    Args:
        with_process: whether a second process is worth its start, a quarter of a second. Where there is none, or it
            ends too early, this process makes all features.
    """

    def __init__(self, with_process: bool) -> None:
        self._parts: list[Future[Features]] = []
        self._process = None
        if with_process and available_cores() > 1 and can_start_python():
            try:
                self._process = start_python(_PROGRAM)
            except OSError:
                return
            self._questions, self._answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
            # It waits for the process; this thread goes on reading.
            self._waiter = ThreadPoolExecutor(1)

    def add(self, drawings: Sequence[Drawing]) -> None:
        """Make the features of these drawings, now or in the second process."""
        is_free = sum(not part.done() for part in self._parts) < _AHEAD
        # A drawing without strokes may have come as an image.
        if self._process is not None and is_free and not any(drawing.is_blank for drawing in drawings):
            self._parts.append(self._waiter.submit(self._ask, drawings))
            return
        part: Future[Features] = Future()
        part.set_result(drawing_features(drawings))
        self._parts.append(part)

    def features(self) -> Features:
        """Each drawing's features (20, 20), or None where it is blank, of all parts."""
        return [features for part in self._parts for features in part.result()]

    def _ask(self, drawings: Sequence[Drawing]) -> Features:
        shape = [[(len(stroke.points), stroke.width) for stroke in drawing.strokes] for drawing in drawings]
        points = [stroke.points for drawing in drawings for stroke in drawing.strokes]
        try:
            self._questions.write(json.dumps(shape).encode() + b"\n" + np.concatenate(points).tobytes())
            self._questions.flush()
            answer = self._answers.read(len(drawings) * _BLANK.nbytes)
        except OSError:
            answer = b""
        if len(answer) < len(drawings) * _BLANK.nbytes:
            return drawing_features(drawings)
        found = np.frombuffer(answer, np.float32).reshape(-1, *_BLANK.shape)
        return [None if np.isnan(features[0, 0]) else features for features in found]

    def close(self) -> None:
        """End the process, which has nothing to save."""
        if self._process is not None:
            self._process.kill()
            self._waiter.shutdown(cancel_futures=True)
            with self._process, contextlib.suppress(OSError):
                # What it has not read is of no use any more.
                self._questions.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve() -> None:
    """Answer each part of drawings with its features, until the standard input ends."""
    questions = sys.stdin.buffer
    # What some library prints must not look like an answer.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        while line := questions.readline():
            drawings = [_drawing(questions, strokes) for strokes in json.loads(line)]
            found = features_from_drawings(drawings)
            answers.write(np.stack([_BLANK if features is None else features for features in found]).tobytes())
            answers.flush()


def _drawing(questions: IO[bytes], strokes: list[tuple[int, float]]) -> Drawing:
    points = [(np.frombuffer(questions.read(16 * count)).reshape(-1, 2), width) for count, width in strokes]
    return Drawing(tuple(Stroke(each, None, width) for each, width in points))
