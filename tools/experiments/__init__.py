"""
# What the optimizers do in training, and on surfaces

* [`design.py`](design.py) has the numbers of the study, [`study.py`](study.py) is what is run,
  [`contestants.py`](contestants.py) what is compared, and [`training`](training/__init__.py) how.
* [`results.py`](results.py) has what was found, and [`verdicts`](verdicts/__init__.py) what follows
  from it.
* [`page`](page/__init__.py) puts it on the site, and [`surfaces`](surfaces/__init__.py) the
  optimizers on surfaces.
"""
