"""The optimizers once more, from their papers, in plain Python floats: one number, no torch.

Every function takes a start and a sequence of gradients, and returns the parameter after
each step. Names of arguments are the library's, so that a test hands both the same values.
"""

from math import sqrt


def decay(x, g, lr, weight_decay, mode):
    """Loshchilov and Hutter 2019; "absolute" leaves the learning rate out of the factor."""
    if mode == "coupled":
        return x, g + weight_decay * x
    if mode == "absolute":
        return x * (1 - weight_decay if lr else 1), g
    return x * (1 - lr * weight_decay), g


def adam_update(lr, m, v, t, betas, eps, optimized_update):
    """Kingma and Ba 2015, algorithm 1, and the reordering at the end of their section 2."""
    beta1, beta2 = betas
    if optimized_update:
        return lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(v) + eps)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return lr * m_hat / (sqrt(v_hat) + eps)


def rectification(beta2, t):
    """Liu et al. 2020, algorithm 2: r_t, or None where the variance is not tractable."""
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho < 5:
        return None
    return sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))


def radam_update(lr, m, v, t, betas, eps, optimized_update, degenerate_to_sgd):
    """The rectified step, or where there is no r_t a step without v, or none."""
    r = rectification(betas[1], t)
    if r is not None:
        return r * adam_update(lr, m, v, t, betas, eps, optimized_update)
    return lr * m / (1 - betas[0] ** t) if degenerate_to_sgd else 0.0


def run(x, gradients, second_moment, update, *, lr, betas, weight_decay, mode, maximize):
    """The loop that all share: decay, m, the optimizer's own second moment and update."""
    path, m = [], 0.0
    for t, g in enumerate(gradients, 1):
        x, g = decay(x, -g if maximize else g, lr, weight_decay, mode)
        m = betas[0] * m + (1 - betas[0]) * g
        x -= update(lr, m, second_moment(g, m), t, betas)
        path.append(x)
    return path


def squares(beta2, amsgrad):
    """v_t, or with AMSGrad (Reddi et al. 2018) the largest v so far, not corrected for bias."""
    v = v_max = 0.0

    def second_moment(g, m):
        nonlocal v, v_max
        v = beta2 * v + (1 - beta2) * g * g
        v_max = max(v_max, v)
        return v_max if amsgrad else v

    return second_moment


def nadam(
    x,
    gradients,
    *,
    lr,
    betas,
    eps,
    weight_decay,
    mode,
    maximize,
    optimized_update=False,
    momentum_decay=4e-3,
):
    """Dozat 2016, algorithm 2, with the schedule of its section 3.1 and torch's decay of it."""
    path, m, v, product = [], 0.0, 0.0, 1.0
    beta1, beta2 = betas
    for t, g in enumerate(gradients, 1):
        x, g = decay(x, -g if maximize else g, lr, weight_decay, mode)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        now, ahead = (beta1 * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in (t, t + 1))
        product *= now
        mean = (1 - now) * g / (1 - product) + ahead * m / (1 - product * ahead)
        if optimized_update:
            x -= lr * sqrt(1 - beta2**t) * mean / (sqrt(v) + eps)
        else:
            x -= lr * mean / (sqrt(v / (1 - beta2**t)) + eps)
        path.append(x)
    return path


def beliefs(beta2, eps, amsgrad, accumulate_eps):
    """Zhuang et al. 2020: s_t with its inner epsilon, stored (main text) or not (appendix)."""
    s = s_max = 0.0

    def second_moment(g, m):
        nonlocal s, s_max
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + (eps if accumulate_eps else 0.0)
        s_max = max(s_max, s)
        return (s_max if amsgrad else s) + (0.0 if accumulate_eps else eps)

    return second_moment


def adam(x, gradients, *, betas, eps, optimized_update=True, amsgrad=False, **common):
    def update(*moments):
        return adam_update(*moments, eps, optimized_update)

    return run(x, gradients, squares(betas[1], amsgrad), update, betas=betas, **common)


def amsgrad(x, gradients, *, amsgrad=True, **given):
    return adam(x, gradients, amsgrad=amsgrad, **given)


def radam(
    x,
    gradients,
    *,
    betas,
    eps,
    optimized_update=True,
    amsgrad=False,
    degenerate_to_sgd=True,
    **common,
):
    def update(*moments):
        return radam_update(*moments, eps, optimized_update, degenerate_to_sgd)

    return run(x, gradients, squares(betas[1], amsgrad), update, betas=betas, **common)


def adabelief(
    x,
    gradients,
    *,
    betas,
    eps,
    optimized_update=True,
    amsgrad=False,
    degenerate_to_sgd=True,
    rectify=True,
    accumulate_eps=False,
    **common,
):
    def update(*moments):
        if rectify:
            return radam_update(*moments, eps, optimized_update, degenerate_to_sgd)
        return adam_update(*moments, eps, optimized_update)

    second_moment = beliefs(betas[1], eps, amsgrad, accumulate_eps)
    return run(x, gradients, second_moment, update, betas=betas, **common)
