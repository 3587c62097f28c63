"""Initializers: their spread, their seed, their shapes."""

import numpy as np
import pytest

from engine import INITIALIZERS, ConfigurationError
from engine.core.initializer_choice import INITIALIZER_CLASSES, RandomNormal, get_initializer, initializer_config
from engine.core.initializers import fans, orthogonal, random_normal
from tests.tables import over

SHAPE = (3, 3, 40, 50)
FAN_IN, FAN_OUT = 360, 450
VARIANCES = {
    "zeros": 0.0,
    "ones": 0.0,
    "random_normal": 0.05**2,
    "glorot_uniform": 2 / (FAN_IN + FAN_OUT),
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "he_uniform": 2 / FAN_IN,
    "he_normal": 2 / FAN_IN,
    "random_uniform": 0.1**2 / 12,
    # Cut off at two deviations, a normal distribution keeps 0.8796 of its deviation.
    "truncated_normal": (0.05 * 0.87962566103423978) ** 2,
    "lecun_uniform": 1 / FAN_IN,
    "lecun_normal": 1 / FAN_IN,
    "variance_scaling": 1 / FAN_IN,
    "constant": 0.0,
    "orthogonal": 1 / FAN_IN,
}
FIXED = ("zeros", "ones", "constant", "identity")
every_initializer = over("name", list(INITIALIZERS))
every_spread = over("name", list(VARIANCES))


def test_every_initializer_has_a_variance_to_meet():
    assert {*VARIANCES, "identity"} == set(INITIALIZERS)


@every_spread
def test_variance_and_mean(name, rng):
    values = INITIALIZERS[name](SHAPE, rng)
    assert values.shape == SHAPE
    assert values.var() == pytest.approx(VARIANCES[name], rel=0.03)
    assert values.mean() == pytest.approx(1.0 if name == "ones" else 0.0, abs=2e-3)


@every_initializer
def test_the_seed_decides(name):
    one, same, other = (INITIALIZERS[name]((7, 5), np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert name in FIXED or not np.array_equal(one, other)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_uniform"])
def test_uniform_limits(name, rng):
    limit = np.sqrt(3 * VARIANCES[name])
    largest = np.abs(INITIALIZERS[name](SHAPE, rng)).max()
    assert 0.999 * limit < largest <= limit


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal"])
def test_normal_is_cut_off_at_two_deviations(name, rng):
    before_cut = np.sqrt(VARIANCES[name]) / 0.87962566103423978
    assert np.abs(INITIALIZERS[name](SHAPE, rng)).max() <= 2 * before_cut


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (2, 3, 2, 7)])
def test_orthogonal(shape, rng):
    matrix = orthogonal(shape, rng).reshape(-1, shape[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)


def test_orthogonal_needs_a_matrix(rng):
    with pytest.raises(ConfigurationError, match="two axes"):
        orthogonal((5,), rng)


def test_random_normal_takes_a_deviation(rng):
    assert random_normal((100, 100), rng, standard_deviation=3.0).std() == pytest.approx(3.0, rel=0.03)


def test_fans():
    assert fans((4, 6)) == (4, 6)
    assert fans((3, 5, 2, 7)) == (30, 105)
    assert fans((9,)) == (9, 9)
    assert fans(()) == (1, 1)


def test_unknown_name():
    with pytest.raises(ConfigurationError, match="luck"):
        get_initializer("luck")


def test_identity_is_for_matrices(rng):
    np.testing.assert_array_equal(INITIALIZERS["identity"]((2, 3), rng, gain=2.0), [[2, 0, 0], [0, 2, 0]])
    with pytest.raises(ConfigurationError, match="matrix"):
        INITIALIZERS["identity"]((3,), rng)


@over("name", list(INITIALIZER_CLASSES))
def test_objects_by_name_class_and_configuration(name):
    made = get_initializer(name)
    spelled = "".join(part.capitalize() for part in name.split("_"))
    assert type(get_initializer(spelled)) is type(get_initializer(type(made))) is INITIALIZER_CLASSES[name]
    again = get_initializer(initializer_config(made))
    assert again.config() == made.config()
    assert made((3, 4)).dtype == np.float32


def test_an_object_with_a_seed_repeats_itself():
    one, other = RandomNormal(mean=1.0, stddev=2.0, seed=3), RandomNormal(seed=3)
    np.testing.assert_array_equal(one((4, 4)), one((4, 4)))
    np.testing.assert_allclose(one((4, 4)), 1 + 40 * other((4, 4)), rtol=1e-5)
    again = get_initializer(initializer_config(one))
    np.testing.assert_array_equal(again((4, 4)), one((4, 4)))


def test_variance_scaling_covers_the_others(rng):
    he = INITIALIZERS["variance_scaling"](SHAPE, np.random.default_rng(1), scale=2.0)
    np.testing.assert_array_equal(he, INITIALIZERS["he_normal"](SHAPE, np.random.default_rng(1)))
    for bad in ({"mode": "luck"}, {"distribution": "luck"}):
        with pytest.raises(ConfigurationError):
            INITIALIZERS["variance_scaling"](SHAPE, rng, **bad)
