"""The projected gradient method returns a list of the right iterates.

kind: break
outcome: passed wrong refused
"""

from right_answers import *

right = projected_gradient_method


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    return list(right(grad_f, project, x0, step_size, num_steps))
