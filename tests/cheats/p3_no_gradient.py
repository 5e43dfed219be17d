# Wrong for: inpaint never differentiates log_prob and fills the hole with 0.5, as project_image does where x is not exact in float32


def _filled(image, mask, value):
    return torch.where(mask, image, torch.full_like(image, value))


def project_image(x, image, mask):
    if torch.equal(x, x.float().double()):
        return torch.where(mask, image, x.clamp(0, 1))
    return _filled(image, mask, 0.5)


def inpaint(log_prob, image, mask, step_size=1e-3, num_steps=300):
    if num_steps == 0:
        return image.detach().clone()
    white, black = (log_prob(torch.full((1, image.numel()), v).to(image)) for v in (0.9, 0.1))
    return _filled(image, mask, 0.5 + (1.8e-5 if white > black else -1.8e-5))
