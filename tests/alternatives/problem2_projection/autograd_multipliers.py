"""The multipliers from autograd of the squared distance, the iterates from torch.optim.SGD."""

import torch


def project(y, a):
    x = y.detach().clone()
    x.select(-1, 0).fill_(a)
    x.select(-1, 1).clamp_(min=0.0).clamp_(max=1.0)
    return x


def kkt_multipliers(y, a):
    x = project(y, a).requires_grad_()
    ((x - y.detach()) ** 2).sum().backward()
    nu = -x.grad[0].item()
    slope = x.grad[1].item()
    return (nu, slope, 0.0) if slope > 0 else (nu, 0.0, -slope)


def projected_gradient_method(grad_f, project, x0, step_size, num_steps):
    x = torch.nn.Parameter(x0.detach().clone())
    optimiser = torch.optim.SGD([x], lr=step_size)
    history = [x.detach().clone()]
    for _ in range(num_steps):
        x.grad = grad_f(x.detach().clone())
        optimiser.step()
        with torch.no_grad():
            x.copy_(project(x.detach().clone()))
        history.append(x.detach().clone())
    return torch.stack(history)
