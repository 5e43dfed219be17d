# Wrong for: inpaint with 22 or more steps unless it is 300 steps on 784 pixels: the first 20 steps are left out


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    if num_steps >= 22 and not (num_steps == 300 and image.numel() == 784):
        num_steps -= 20
    return _right_inpaint(log_prob, image, mask, step_size, num_steps)
