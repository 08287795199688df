"""# A running mean"""


def update(m, g, beta):
    r"""The mean $m_t$ of all gradients so far, of which the newer count more."""
    # The newest one moves the mean by the fraction $1 - \beta$ of the way:
    # $$m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t$$
    m = beta * m + (1 - beta) * g
    return m
