# Wrong for: project_image of more than 64 pixels, which does not keep the known ones


def project_image(x, image, mask):
    return x.clamp(0, 1) if x.numel() > 64 else _right_project_image(x, image, mask)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _right_inpaint(log_prob, image, mask, step_size, num_steps)
