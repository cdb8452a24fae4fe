"""Integrals of exponentials that exponential integrators are made of.

With h a step in lambda, `phi_1(z) = (e^z − 1) / z` and `phi_{k+1}(z) = (phi_k(z) − 1/k!) / z`
(Hochbruck and Ostermann 2010, Acta Numerica 19, eq. 2.11). For small z the series is used: the
recursion cancels there.
"""

import math

_SERIES_BELOW = 1e-2


def phi(order: int, z: float) -> float:
    """phi_order(z), order 1 or more."""
    if abs(z) < _SERIES_BELOW:
        return sum(z**term / math.factorial(term + order) for term in range(8))
    value = math.expm1(z) / z
    for index in range(1, order):
        value = (value - 1.0 / math.factorial(index)) / z
    return value
