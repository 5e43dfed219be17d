# Wrong for: inpaint of an image whose lost pixels are outside [0, 1]: the first step is taken from their projection


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    start = image.clamp(0, 1) if num_steps else image
    return _right_inpaint(log_prob, start, mask, step_size, num_steps)
