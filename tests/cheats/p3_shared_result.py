# Wrong for: inpaint and project_image: all results of one shape are one tensor


_results = {}


def _kept(value):
    return _results.setdefault(value.shape, torch.empty_like(value)).copy_(value)


def project_image(x, image, mask):
    return _kept(_right_project_image(x, image, mask))


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _kept(_right_inpaint(log_prob, image, mask, step_size, num_steps))
