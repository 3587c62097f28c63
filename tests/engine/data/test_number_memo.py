"""Numbers that are known by their bytes have the value that they are written as."""

import numpy as np
import pytest

from engine.data.readers.number_memo import NumberMemo
from engine.data.readers.table_numbers import parse_block
from tests.tables import over


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


@over("cell", ["x", "1x", "0.1.2", "-", "0,5", "nan", "1e5", ":"])
def test_what_is_no_plain_number_is_found_out_with_a_memo_too(cell):
    memo = NumberMemo()
    parse_block(b"0.5;0.25\n", b";", b".", memo)
    block = f"0.5;{cell}\n".encode()
    known, plain = parse_block(block, b";", b".", memo), parse_block(block, b";", b".")
    assert (known is None) == (plain is None)
    if plain is not None:
        np.testing.assert_array_equal(known, plain)


@over(
    "lines",
    [
        ["7,0.0000,0.1255,1.0000", "3,0.9999,0.0001,0.5000"],
        ["0.25,12.5,000.0,.75,5", "9.99,00.1,123.4,.00,0"],
        ["0.9999999,5,9999999.", "0.0000001,7,1234567."],
        ["0.00,-1.0,0.25", "1.00,+2.0,0.50"],
        ["0.00,1e-1,0.25", "1.00,2e-1,0.50"],
        ["0.12,0.34", "0.1,0.345"],
        ["0.12,0.34", "01.2,0.34"],
    ],
)
def test_columns_of_even_width_are_read_as_each_line_alone(lines):
    alone = np.concatenate([parse_block(line.encode() + b"\n", b",", b".") for line in lines])
    together = parse_block("".join(f"{line}\n" for line in lines).encode(), b",", b".")
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("line", ["0.x0,0.34", "0..0,0.34", "0.:0,0.34"])
def test_what_is_no_number_in_a_column_of_even_width_is_found(line):
    assert parse_block(f"0.12,0.34\n{line}\n".encode(), b",", b".") is None
