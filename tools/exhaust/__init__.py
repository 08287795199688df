r"""
# All numbers there are

What the [CPU kernel](../../labml_optim/fused/cpu/kernel.c) makes of every float32 gradient, of
every pair of a parameter and a gradient of 16 bits, and of every number that it converts.

* [`sixteen.c`](sixteen.c) knows what numbers of 16 bits mean, [`tries.c`](tries.c) makes the steps,
  and [`steps.c`](steps.c) judges them; [`driver.py`](driver.py) compiles the three.
* [`cases.py`](cases.py) has the states that are tried, [`limits.py`](limits.py) asks where squares
  are too large, and [`parts.py`](parts.py) puts it all together.
* [`results.py`](results.py) writes what was found, and [`page.py`](page.py) shows it.
"""
