r"""
# The real run, watched

[`watched.py`](watched.py) is a formula beside a statement, with the results for it.
[`tracer.py`](tracer.py) makes the runs. [`frames.py`](frames.py) follows a step of Python line by
line, and [`comparison.py`](comparison.py) compares what a statement made with what its formula
says, with the values that [`values.py`](values.py) finds. [`updates.py`](updates.py) checks the
indices and [`callers.py`](callers.py) the names of what is returned. C code is compiled with calls
that [`instrument.py`](instrument.py) writes into it; [`readings.py`](readings.py) makes values of
what they report.
"""
