"""A test over a table runs every case and says which ones failed."""

import inspect

import pytest

from tests.tables import over


def test_all_cases_run_with_the_test_s_fixtures_and_each_failure_is_named(rng):
    seen = []

    @over("number, limit", [(1, 2), (3, 2), (5, 9), (4, 2)], ids=["one", "three", "five", "four"])
    @over("sign", [-1, 1])
    def example(rng, number, limit, sign):
        seen.append((number, sign))
        assert sign * number < limit
        if number == 5:
            pytest.fail("not what is asserted")

    assert list(inspect.signature(example).parameters) == ["rng"]
    with pytest.raises(BaseExceptionGroup, match="3 of 4 cases failed") as caught:
        example(rng=rng)
    assert seen == [(number, sign) for number in (1, 3, 5, 4) for sign in (-1, 1)]
    three, five, four = caught.value.exceptions
    assert three.__notes__ == ["in the case 1", "in the case three"]
    assert [failure.__notes__ for failure in five.exceptions] == [["in the case -1"], ["in the case 1"]]
    assert five.__notes__ == ["in the case five"]
    assert isinstance(four, AssertionError)


def test_one_failure_is_raised_as_it_is():
    @over("number", range(3))
    def example(number):
        assert number != 1

    with pytest.raises(AssertionError) as caught:
        example()
    assert caught.value.__notes__ == ["in the case 1"]


def test_a_table_for_another_test_is_refused():
    with pytest.raises(AssertionError, match="lacks one of"):
        over("color", [1])(lambda size: None)
