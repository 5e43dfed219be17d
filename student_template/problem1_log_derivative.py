"""Problem 1: the log-derivative trick for the variational autoencoder.

Let q_phi be a density on the real line that depends smoothly on phi and is positive everywhere,
and let h > 0. Show that

    d/dphi E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))]
        = E_{Z ~ q_phi}[(d/dphi log q_phi(Z)) log(h(Z) / q_phi(Z))].

On the left, phi appears twice: in the distribution of Z and inside the logarithm.
"""

from collections.abc import Callable

from sympy import Expr, Symbol
from torch import Tensor


def derivation(q: Expr, h: Expr, z: Symbol, phi: Symbol) -> list[Expr]:
    """Write your proof as a chain of expressions, each equal to the one before it.

    The first is the left side,

        Derivative(Integral(log(h / q) * q, (z, -oo, oo)), phi)

    and the last is the right side, an Integral over z whose integrand equals
    (d log q / d phi) log(h / q) q. At least one line lies between them. From each line to the next
    you may

    - rewrite an integrand into an equal one (product rule, chain rule, algebra);
    - swap Derivative by phi and Integral over z;
    - split an integral of a sum, or join integrals into one;
    - add or drop any c(phi) * Integral(Derivative(q, phi), z), where c does not depend on z.

    Use the last rule only where you can say why it is allowed.

    Derivative, Integral, log and oo come from sympy. Derivative(f, phi) stays as you write it;
    diff(f, phi) computes the derivative. Integral(f, (z, -oo, oo)) stays as you write it, too, and
    Integral(f, z) means the same here.

    Args:
        q: the density q_phi(z), an unspecified positive function of (z, phi).
        h: an unspecified positive function of z.
        z: the real variable of integration.
        phi: the real parameter.
    Returns:
        The lines of the proof, first to last.
    """
    raise NotImplementedError("problem 1: write derivation")


def elbo_gradient(
    log_h: Callable[[Tensor], Tensor],
    log_q: Callable[[Tensor, Tensor], Tensor],
    phi: Tensor,
    z: Tensor,
) -> Tensor:
    """Estimate the gradient of E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))] in phi from samples.

    The samples were drawn from q_phi and are fixed: they carry no gradient. Your estimate must be
    unbiased: its mean over all samples that could have been drawn must be the gradient.

    Args:
        log_h: maps z (B, k) to log h(z) (B,) [nats].
        log_q: maps z (B, k) and phi (p,) to log q_phi(z) (B,) [nats]; it consists of torch
            operations, so that autograd can differentiate it with respect to phi.
        phi: (p,) the parameter, with or without requires_grad. Do not modify it, nor its `.grad`.
        z: (B, k) samples of q_phi, B at least 1. Do not modify them.
    Returns:
        (p,) the estimate [nats per unit of phi].
    """
    raise NotImplementedError("problem 1: write elbo_gradient")
