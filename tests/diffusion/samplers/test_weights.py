"""The weights behind multistep and exponential samplers, against numerical integration."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from diffusion.samplers.deis import deis_weights
from diffusion.samplers.exponential import phi
from diffusion.samplers.ipndm import ADAMS_BASHFORTH
from diffusion.samplers.lms import integrated_lagrange
from diffusion.samplers.sa_solver import adams_weights


def _basis(knots: list[float], mine: int, at: NDArray[np.float64]) -> NDArray[np.float64]:
    others = np.delete(np.asarray(knots), mine)
    product: NDArray[np.float64] = np.prod((at[:, None] - others) / (knots[mine] - others), axis=1)
    return product


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_lagrange_integrals_on_equal_steps_are_adams_and_bashforth_s(order: int) -> None:
    knots = [float(-step) for step in range(order)]

    assert integrated_lagrange(knots, 0.0, 1.0) == pytest.approx(ADAMS_BASHFORTH[order - 1])


def test_lagrange_integrals_are_exact_on_unequal_steps() -> None:
    knots = [1.0, 1.7, 3.0, 3.1]
    at = np.linspace(1.0, 0.4, 20001)

    expected = [np.trapezoid(_basis(knots, mine, at), at) for mine in range(4)]

    assert integrated_lagrange(knots, 1.0, 0.4) == pytest.approx(expected, abs=1e-7)


def test_deis_weights_sum_to_the_step_and_are_positive_for_the_newest() -> None:
    weights = deis_weights([2.0, 3.5, 6.0], 2.0, 1.1)

    assert sum(weights) == pytest.approx(1.1 - 2.0)
    assert weights[0] < 0.0 < weights[1]


@pytest.mark.parametrize("tau", [0.0, 1.0])
def test_stochastic_adams_weights_are_integrals(tau: float) -> None:
    knots, start, end, rate = [-1.0, -0.4, 0.2], 0.2, 0.9, 1.0 + tau**2
    at = np.linspace(start, end, 20001)
    kernel = 0.8 * rate * np.exp(rate * (at - end))

    expected = [np.trapezoid(kernel * _basis(knots, mine, at), at) for mine in range(3)]

    assert adams_weights(knots, start, end, tau, 0.8) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("z", [-5.0, -0.02, -0.00999, 1e-9, 0.3])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_phi_is_the_integral_it_stands_for(order: int, z: float) -> None:
    at = np.linspace(0.0, 1.0, 20001)
    integrand = np.exp((1.0 - at) * z) * at ** (order - 1) / math.factorial(order - 1)

    assert phi(order, z) == pytest.approx(float(np.trapezoid(integrand, at)), rel=1e-6)
