# Wrong for: inpaint of an image whose lost pixels are outside [0, 1]: it starts at their projection


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    return _right_inpaint(log_prob, image.clamp(0, 1), mask, step_size, num_steps)
