"""Problem 1: the log-derivative trick for the variational autoencoder.

Let q_phi be a density on the real line that depends smoothly on phi and is positive everywhere,
and let h > 0. Show that

    d/dphi E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))]
        = E_{Z ~ q_phi}[(d/dphi log q_phi(Z)) log(h(Z) / q_phi(Z))].

On the left phi stands in two places: in the law of Z, and under the logarithm.
"""

from collections.abc import Callable

from sympy import Expr, Symbol
from torch import Tensor


def derivation(q: Expr, h: Expr, z: Symbol, phi: Symbol) -> list[Expr]:
    """Write your proof as a chain of expressions, each equal to the one before it.

    The first is the left side,

        Derivative(Integral(log(h / q) * q, (z, -oo, oo)), phi)

    and the last is the right side, an Integral over z whose integrand equals
    (d log q / d phi) log(h / q) q. At least one line lies between them. From a line to the next
    you may

    - rewrite an integrand into an equal one (product rule, chain rule, algebra);
    - swap Derivative by phi and Integral over z;
    - split an integral of a sum, or join integrals into one;
    - add or drop any c(phi) * Integral(Derivative(q, phi), z), where c does not depend on z.

    Take the last only where you can say why it is allowed.

    Derivative, Integral, log and oo are names in sympy. Derivative(f, phi) stays as it is written,
    diff(f, phi) carries it out; Integral(f, (z, -oo, oo)) stays as it is written and
    Integral(f, z) means the same here.

    Args:
        q: the density q_phi(z), a positive function of (z, phi) that is not given more closely.
        h: a positive function of z that is not given more closely.
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
    """Estimate the gradient of E_{Z ~ q_phi}[log(h(Z) / q_phi(Z))] by phi from samples.

    The samples have been drawn from q_phi and are fixed: they carry no gradient. The mean of your
    estimate over all samples that could have been drawn must be the gradient (unbiased).

    Args:
        log_h: maps z (B, k) to log h(z) (B,) [nats].
        log_q: maps z (B, k) and phi (p,) to log q_phi(z) (B,) [nats]; made of torch operations,
            so that autograd can differentiate it by phi.
        phi: (p,) the parameter, with or without requires_grad. Do not modify it, nor its `.grad`.
        z: (B, k) samples of q_phi, B at least 1. Do not modify them.
    Returns:
        (p,) the estimate [nats per unit of phi].
    """
    raise NotImplementedError("problem 1: write elbo_gradient")
