"""Plain loops that collect ties as they go."""


def argmax_by_bound(g, h):
    best, where = None, set()
    for theta, value in enumerate(g.tolist()):
        for minus in h.tolist()[theta]:
            if best is None or value - minus > best:
                best, where = value - minus, {theta}
            elif value - minus == best:
                where.add(theta)
    return where
