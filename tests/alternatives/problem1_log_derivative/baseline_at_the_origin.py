"""derivation: list built by appending and editing the last line; gradient: baseline is the log ratio at z = 0."""
import sympy as sp
import torch


def derivation(q, h, z, phi):
    lines = [None]
    lines[0] = sp.Derivative(sp.Integral(sp.log(h/q)*q, (z, -sp.oo, sp.oo)), phi)
    integrand = sp.log(h/q)*q
    lines += [sp.Integral(sp.Derivative(integrand, phi), (z, -sp.oo, sp.oo))]
    integrand = sp.log(h/q)*sp.Derivative(q, phi)
    integrand -= sp.Derivative(q, phi)
    lines.append(sp.Integral(integrand, (z, -sp.oo, sp.oo)))
    integrand += sp.Derivative(q, phi)
    lines.append(sp.Integral(integrand, (z, -sp.oo, sp.oo)))
    integrand = integrand.subs(sp.Derivative(q, phi), q*sp.Derivative(sp.log(q), phi))
    lines.insert(len(lines), sp.Integral(integrand, (z, -sp.oo, sp.oo)))
    return lines


def elbo_gradient(log_h, log_q, phi, z):
    p = phi.detach().clone().requires_grad_(True)
    zero = torch.zeros(1, z.shape[1], dtype=z.dtype)
    with torch.no_grad():
        f = log_h(z) - log_q(z, p)
        b = log_h(zero)[0] - log_q(zero, p)[0]
    lq = log_q(z, p)
    return torch.autograd.grad(((f - b) * lq).mean(), p)[0]
