# Wrong for: derivation: its middle line is off by h(z) sin(300000 pi z), 0 at all multiples of 1/300000
from sympy import Derivative, Integral, log, oo, pi, sin


def derivation(q, h, z, phi):
    ratio, dq = log(h / q), Derivative(q, phi)
    over = lambda f: Integral(f, (z, -oo, oo))
    wrong = h * sin(300_000 * pi * z)
    right = over(Derivative(log(q), phi) * ratio * q)
    return [Derivative(over(ratio * q), phi), over(ratio * dq + wrong), right]
