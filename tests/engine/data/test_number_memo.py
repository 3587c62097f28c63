"""Numbers that are known by their bytes have the value that they are written as."""

import numpy as np
import pytest

from engine.data.readers.number_memo import NumberMemo
from engine.data.readers.table_numbers import parse_block


def text_of(table, pattern):
    return "".join(",".join(pattern % value for value in row) + "\n" for row in table).encode()


@pytest.mark.parametrize("pattern", ["%.3f", "%.6g", "%.12f", "%+.2f"])
def test_a_memo_changes_no_value(rng, pattern):
    memo = NumberMemo()
    for _ in range(4):
        table = rng.integers(0, 256, (50, 40)) / 255
        block = text_of(table, pattern)
        known, plain = parse_block(block, b",", b".", memo), parse_block(block, b",", b".")
        np.testing.assert_array_equal(known, plain.astype(np.float32))
    assert memo.is_useful


def test_numbers_that_never_come_again_end_the_memory(rng):
    memo = NumberMemo()
    for _ in range(5):
        block = text_of(rng.random((60, 60)), "%.9f")
        known, plain = parse_block(block, b",", b".", memo), parse_block(block, b",", b".")
        np.testing.assert_allclose(known, plain, rtol=1e-6)
    assert not memo.is_useful


@pytest.mark.parametrize("cell", ["x", "1x", "0.1.2", "-", "0,5", "nan", "1e5", ":"])
def test_what_is_no_plain_number_is_found_out_with_a_memo_too(cell):
    memo = NumberMemo()
    parse_block(b"0.5;0.25\n", b";", b".", memo)
    block = f"0.5;{cell}\n".encode()
    known, plain = parse_block(block, b";", b".", memo), parse_block(block, b";", b".")
    assert (known is None) == (plain is None)
    if plain is not None:
        np.testing.assert_array_equal(known, plain)
