"""Classes with methods: a Segment, a Multipliers tuple and a stepping iterator."""

from typing import NamedTuple

import torch


class Multipliers(NamedTuple):
    nu: float
    lower: float
    upper: float


class Segment:
    def __init__(self, a):
        self.a = a
        self.bounds = (0.0, 1.0)

    def nearest(self, y):
        x = y.clone()
        x[..., 0] = self.a
        x[..., 1] = torch.minimum(
            torch.maximum(y[..., 1], torch.tensor(self.bounds[0], dtype=y.dtype)),
            torch.tensor(self.bounds[1], dtype=y.dtype),
        )
        return x

    def multipliers(self, y):
        first, second = (-2 * (self.nearest(y) - y)).tolist()
        return Multipliers(first, abs(second) * (second < 0), abs(second) * (second > 0))


class Descent:
    def __init__(self, grad_f, project, x0, step_size):
        self.grad_f, self.project, self.x, self.step_size = grad_f, project, x0, step_size

    def __iter__(self):
        return self

    def __next__(self):
        self.x = self.project(self.x - self.step_size * self.grad_f(self.x))
        return self.x


def project(y, a):
    return Segment(a).nearest(y)


def kkt_multipliers(y, a):
    return Segment(a).multipliers(y)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    descent = Descent(grad_f, project, x0, step_size)
    return torch.stack([x0] + [next(descent) for _ in range(num_steps)])
