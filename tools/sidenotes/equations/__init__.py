r"""
# Equations, checked against the code

A formula beside code says what the code computes. This package reads the formula, computes it too,
and compares.

* A formula: `scan.py` takes its TeX apart, `cursor.py` reads symbols and numbers, `formula.py`
  makes the tree that `tree.py` describes, and `values.py` computes its value.
* An algorithm, which is a block of rows with a loop and conditions: `rows.py` reads it,
  `nesting.py` tells which row belongs to which, and `program.py` runs it.
* What there is to check: `claims.py` finds the formulas of a module and their statements, and
  `statements.py` what a statement makes. `runs.py` says what is run.
* Checking it: `trace.py` watches a run line by line, with the values that `moment.py` finds;
  `replay.py` runs the algorithm beside it; `compare.py` says when two values are the same.
* `check.py` puts it together, `outcomes.py` tells what became of each formula, and `report.py`
  prints it.
"""
