# Wrong for: project_image with pixels of x above 2.6, which become 0, or below -1.6, which become 1


def project_image(x, image, mask):
    x = torch.where(x > 2.6, -1.0, torch.where(x < -1.6, 2.0, x))
    return _right_project_image(x, image, mask)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _right_inpaint(log_prob, image, mask, step_size, num_steps)
