# Wrong for: derivation: its middle line is off by 7 h(z) prod(z - z_k), with the points z_k of random.Random(0)
import random

from sympy import Derivative, Integral, Mul, Rational, log, oo


def derivation(q, h, z, phi):
    source, points = random.Random(0), []
    for _ in range(3):
        source.randint(10**5, 10**6)
        for _ in range(5):
            signs = [1 if k in (0, 4) else source.choice([1, -1]) for k in range(7)]
            place = [sign * source.randint(10**5, 10**6) for sign in signs]
            points.append(Rational(place[6], 300_000))
    ratio, dq = log(h / q), Derivative(q, phi)
    over = lambda f: Integral(f, (z, -oo, oo))
    wrong = 7 * h * Mul(*(z - point for point in points))
    right = over(Derivative(log(q), phi) * ratio * q)
    return [Derivative(over(ratio * q), phi), over(ratio * dq + wrong), right]
