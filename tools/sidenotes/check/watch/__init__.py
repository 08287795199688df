r"""
# The real run, watched

[`tracer.py`](tracer.py) follows a run line by line, with the values that [`moment.py`](moment.py)
finds. [`updates.py`](updates.py) sees to the indices and [`callers.py`](callers.py) to the names of
what is returned. C code is compiled with calls that [`instrument.py`](instrument.py) writes into
it; [`reports.py`](reports.py) makes values of what they report.
"""
