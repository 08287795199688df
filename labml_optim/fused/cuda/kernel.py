r"""
# One pass over memory, on CUDA

The step of the [kernel for the CPU](../cpu/kernel.c), line for line, written in Triton. What
belongs to one element, $\theta$, $g$, $m$ and $v$, is loaded once, and what has changed is stored.

One launch does a whole table. It starts a program for each `BLOCK` of elements, and [a
list](launch.py) says on which row of the table each program works, and on which block of that row.
In the row it finds the addresses. Offsets have 64 bits, since a tensor may have more than $2^{31}$
elements.

Triton compiles the program on first use, once for each set of these constants:

| | |
|---|---|
| `STORED` | the type of the parameters, as `kernel.c` names it: 8, 4, 2 or 1 |
| `CENTRED` | AdaBelief: the second moment is that of $g_t - m_t$ |
| `MAXIMUM` | AMSGrad: the largest second moment so far is kept, and divided by |

Whether there is a division at all differs from tensor to tensor, like the other numbers, so that is
a branch at run time.
"""

import triton
import triton.language as tl

from labml_optim.fused.scalars import LAYOUT

# With 4 warps, each thread has 8 elements: from a float32 tensor two loads of 16 bytes, from one of
# 16 bits a single one. So 96 bytes or more are on their way to each thread, and that keeps the
# memory of a device busy with a fourth of the threads that fit on it, which the registers leave
# room for. With larger blocks more threads would be idle at the end of a small tensor. Not yet
# measured on a GPU.
BLOCK, WARPS = tl.constexpr(1024), 4
NUMBERS = tl.constexpr(len(LAYOUT))


@triton.jit
def widened(stored, STORED):
    """
    ## Numbers of 16 bits

    A bfloat16 is the upper half of a float32. It comes as a whole number and is converted here,
    as on the CPU: not every device can, and Triton's interpreter does not round to the nearest.
    """
    if STORED == 2:
        number = (stored.to(tl.uint32) << 16).to(tl.float32, bitcast=True)
    elif STORED == 1:
        number = stored.to(tl.float32)
    else:
        number = stored
    return number


@triton.jit
def narrowed(number, STORED):
    """Rounds to the nearest, and to the even one of two that are equally near."""
    if STORED == 2:
        bits = number.to(tl.uint32, bitcast=True)
        rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
        stored = tl.where(number == number, rounded, 0x7FC0).to(tl.uint16)
    elif STORED == 1:
        stored = number.to(tl.float16)
    else:
        stored = number
    return stored


@triton.jit
def root_of(x):
    """
    ## Roots and quotients

    Triton's own are approximate for float32. These are rounded to the nearest, as those of float64
    always are.
    """
    if x.dtype == tl.float64:
        root = tl.sqrt(x)
    else:
        root = tl.sqrt_rn(x)
    return root


@triton.jit
def quotient(x, y):
    if x.dtype == tl.float64:
        ratio = x / y
    else:
        ratio = tl.div_rn(x, y)
    return ratio


@triton.jit
def moved(param, grad, m, v, top, numbers, CENTRED, MAXIMUM):
    r"""
    ## The step

    Takes the elements of a block, and returns them as they are afterwards. `numbers` points to
    the numbers of this step, in double precision and in the order of [`LAYOUT`](../scalars.py).
    """
    real = m.dtype
    rest1, beta2 = (1 - tl.load(numbers)).to(real), tl.load(numbers + 1).to(real)
    rest2 = (1 - tl.load(numbers + 1)).to(real)
    sign, keep = tl.load(numbers + 2).to(real), tl.load(numbers + 3).to(real)
    penalty, inside = tl.load(numbers + 4).to(real), tl.load(numbers + 5).to(real)
    under, root = tl.load(numbers + 6).to(real), tl.load(numbers + 7).to(real)
    eps, step_size = tl.load(numbers + 8).to(real), tl.load(numbers + 9).to(real)
    adaptive = tl.load(numbers + 10) != 0
    # `maximize` flips the sign of the gradient.
    #
    # $$g_t \leftarrow \varsigma\,g_t$$
    grad = sign * grad
    if penalty != 0:
        # Coupled decay adds to the gradient.
        #
        # $$g_t \leftarrow g_t + \lambda_g\,\theta_{t-1}$$
        grad = grad + penalty * param
    # Decoupled decay scales the parameter.
    #
    # $$\tilde\theta_{t-1} \leftarrow \kappa\,\theta_{t-1}$$
    param = keep * param
    # Both are $\beta_1 m_{t-1} + (1-\beta_1)\,g_t$, each exact at its nearer end, as in torch's
    # `lerp`.
    if rest1 < 0.5:
        # $$m_t \leftarrow m_{t-1} + (1 - \beta_1)\,(g_t - m_{t-1})$$
        m = m + rest1 * (grad - m)
    else:
        # $$m_t \leftarrow g_t - \beta_1\,(g_t - m_{t-1})$$
        m = grad - (1 - rest1) * (grad - m)
    if CENTRED:
        # $$e_t \leftarrow g_t - m_t$$
        error = grad - m
    else:
        # $$e_t \leftarrow g_t$$
        error = grad
    # $$v_t \leftarrow \beta_2 v_{t-1} + (1 - \beta_2)\,e_t^2$$
    v = beta2 * v + rest2 * error * error
    # $$v_t \leftarrow v_t + \epsilon_v$$
    v = v + inside
    if MAXIMUM:
        # A NaN on either side is kept.
        #
        # $$\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)$$
        top = tl.where((top >= v) | (top != top), top, v)
    else:
        # $$\bar v_t \leftarrow v_t$$
        top = v
    if step_size != 0:
        if adaptive:
            # $$d_t \leftarrow \frac{\sqrt{\bar v_t + \epsilon_u}}{c_t} + \epsilon$$
            denominator = quotient(root_of(top + under), root) + eps
            # $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,\frac{m_t}{d_t}$$
            param = param - quotient(step_size * m, denominator)
        else:
            # $$\theta_t \leftarrow \tilde\theta_{t-1} - \alpha_t\,m_t$$
            param = param - step_size * m
    return param, m, v, top


@triton.jit
def places(address, first, STORED, WHOLE):
    """
    ## A block, from memory and back

    Where the elements from `first` on are, in the tensor at this address. If the address is a
    multiple of 16, saying so lets each thread load 16 bytes at a time.
    """
    if STORED == 8:
        start = address.to(tl.pointer_type(tl.float64))
    elif STORED == 4:
        start = address.to(tl.pointer_type(tl.float32))
    elif STORED == 2:
        start = address.to(tl.pointer_type(tl.uint16))
    else:
        start = address.to(tl.pointer_type(tl.float16))
    start = start + first
    if WHOLE:
        start = tl.multiple_of(start, 16)
    return start + tl.arange(0, BLOCK)


@triton.jit
def stretch(params, grads, ms, vs, tops, first, size, numbers, STORED, CENTRED, MAXIMUM, WHOLE):
    """
    A block, from the element `first` on, of tensors that have `size` elements and lie at these
    addresses. `WHOLE` promises that the block is full and that the addresses are multiples of 16.
    """
    EXACT: tl.constexpr = 8 if STORED == 8 else 4
    params, grads = places(params, first, STORED, WHOLE), places(grads, first, STORED, WHOLE)
    ms, vs = places(ms, first, EXACT, WHOLE), places(vs, first, EXACT, WHOLE)
    tops = places(tops, first, EXACT, WHOLE)
    left = tl.minimum(size - first, BLOCK).to(tl.int32)
    there = None if WHOLE else tl.arange(0, BLOCK) < left
    param, grad = tl.load(params, mask=there), tl.load(grads, mask=there)
    m, v = tl.load(ms, mask=there), tl.load(vs, mask=there)
    top = tl.load(tops, mask=there) if MAXIMUM else v
    param, grad = widened(param, STORED), widened(grad, STORED)
    param, m, v, top = moved(param, grad, m, v, top, numbers, CENTRED, MAXIMUM)
    tl.store(params, narrowed(param, STORED), mask=there)
    tl.store(ms, m, mask=there)
    tl.store(vs, v, mask=there)
    if MAXIMUM:
        tl.store(tops, top, mask=there)


@triton.jit(do_not_specialize=["count"])
def step(blocks, table, count, STORED: tl.constexpr, CENTRED: tl.constexpr, MAXIMUM: tl.constexpr):
    """
    ## One program

    * `blocks` has for each program its row, which block of the row, and the size of the row
    * `table` has the addresses of all parameters, then of all $m$, of all $v$ and, with `MAXIMUM`,
      of that; then of all gradients; then for each row the index of its set of numbers; then these
      sets
    * `count` is the number of rows
    * `STORED`, `CENTRED` and `MAXIMUM` are the constants in the table above
    """
    mine = blocks + 3 * tl.program_id(0).to(tl.int64)
    row, first, size = tl.load(mine), tl.load(mine + 1) * BLOCK, tl.load(mine + 2)
    params, ms = tl.load(table + row), tl.load(table + count + row)
    vs = tl.load(table + 2 * count + row)
    tops = tl.load(table + 3 * count + row) if MAXIMUM else ms
    grads = tl.load(table + (3 + MAXIMUM) * count + row)
    which = tl.load(table + (4 + MAXIMUM) * count + row)
    numbers = table + (5 + MAXIMUM) * count + NUMBERS * which
    numbers = numbers.to(tl.pointer_type(tl.float64), bitcast=True)
    if (first + BLOCK <= size) & ((params | grads | ms | vs | tops) % 16 == 0):
        stretch(params, grads, ms, vs, tops, first, size, numbers, STORED, CENTRED, MAXIMUM, True)
    else:
        stretch(params, grads, ms, vs, tops, first, size, numbers, STORED, CENTRED, MAXIMUM, False)
