r"""
# Formulas, checked against the code

A formula beside code says what the code computes. This package reads the formula, computes it too,
and compares. [The command](command.py) `sidenotes check` is the entry point, and
[`checker.py`](checker.py) does the work in this order:

1. [`runs.py`](runs.py) asks the project what to run. What the project's code raises is reported by
   [`failures.py`](failures.py).
2. [claims](claims/__init__.py) finds what the notes state in formulas: claims about the line below,
   algorithms, definitions, derivations, opinions. The formulas are read by
   [formula](formula/__init__.py), with the [table of symbols](symbol_table.py);
   [statements](statements/__init__.py) says what a statement of Python or C makes.
3. [watch](watch/__init__.py) makes the runs, and compares what each statement makes with the
   [value](values/__init__.py) that its formula has.
4. [algorithm](algorithm/__init__.py) replays the algorithms beside the runs, for a page that runs
   one [beside](beside/__init__.py) finds out which lines of the code run, and
   [`examples.py`](examples.py) calls the functions that doctests define;
   [`doctests.py`](doctests.py) runs the examples that show these functions to be right.
5. [proof](proof/__init__.py) makes more runs, on numbers that stand for all values: what holds in
   these is proved.
6. [audit](audit/__init__.py) proves code that has no formulas against some that stand elsewhere.
7. [`report.py`](report.py) reports what became of each formula, and each
   [problem](problems.py).

A kernel is checked as well, though it is not Python code that runs as it stands. One in C is
compiled from a text into which [probes](watch/instrument.py) have been written, which report what
each line with a formula reads and makes. One that an interpreter runs, as Triton's can, is watched
like any Python code, and the run says how to read what its variables hold.
"""
