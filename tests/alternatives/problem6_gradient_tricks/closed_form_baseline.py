"""Classes; the exact mean of X sin X, which no sample enters, as the log-derivative baseline."""

import numpy as np
import torch


class Gaussian:
    def __init__(self, mu, tau):
        self.mu, self.sigma = float(mu), float(np.exp(float(tau)))

    def mean_of_f(self):
        decay = np.exp(-(self.sigma**2) / 2)
        return decay * (self.mu * np.sin(self.mu) + self.sigma**2 * np.cos(self.mu))

    def score(self, x):
        away = (x - self.mu) / self.sigma
        return np.vstack((away / self.sigma, away**2 - 1))

    def penalty_slope(self):
        return np.array([self.mu - 1, self.sigma - 1])


class LogDerivative:
    @staticmethod
    def draw(rng, law, count):
        return law.mu + law.sigma * rng.standard_normal(count)

    @staticmethod
    def gradient(law, x):
        centred = x * np.sin(x) - law.mean_of_f()
        return (centred * law.score(x)).mean(axis=1) + law.penalty_slope()


class Reparameterization:
    @staticmethod
    def draw(rng, law, count):
        return rng.standard_normal(count)

    @staticmethod
    def gradient(law, eps):
        x = law.mu + law.sigma * eps
        slope = np.sin(x) + x * np.cos(x)
        return np.array([slope.mean(), law.sigma * (slope * eps).mean()]) + law.penalty_slope()


def log_derivative_gradient(mu, tau, x):
    return torch.from_numpy(LogDerivative.gradient(Gaussian(mu, tau), x.detach().numpy()))


def reparameterization_gradient(mu, tau, eps):
    return torch.from_numpy(Reparameterization.gradient(Gaussian(mu, tau), eps.detach().numpy()))


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    method = LogDerivative if trick == "log-derivative" else Reparameterization
    rng = np.random.default_rng(np.random.randint(0, 2**32 - 1, dtype=np.uint32))
    theta = np.zeros(2)
    path = [[0.0, 1.0]]
    for _ in range(num_steps):
        law = Gaussian(*theta)
        theta = theta - step_size * method.gradient(law, method.draw(rng, law, batch_size))
        path.append([theta[0], np.exp(theta[1])])
    return torch.tensor(np.array(path), requires_grad=True)
