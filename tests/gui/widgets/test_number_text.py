import pytest

from gui.widgets.number_text import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("-3", -3),
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("0,001", 0.001),
        ("0,125", 0.125),
        ("1,25", 1.25),
        ("1,000", 1000),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1_000", 1000),
        ("12,500.5", 12500.5),
        ("1,234,567", 1234567),
        ("1e-3", 0.001),
        ("1e3", 1000),
    ],
)
def test_a_number_means_the_same_in_every_field(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "fast", "1,2,3", "1,000,5", "1.000.5", "12,34,567", "1 2", "--1", "1,000 500"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="float"):
        read_number(text)
