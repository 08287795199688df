r"""
# The optimizers of others

```
python -m checks.audit
```

`sidenotes audit` compares the optimizers of torch and of other packages, as they are installed,
with formulas that stand here. [`__main__.py`](__main__.py) writes what it says into a page.

* [`torch_adams.py`](torch_adams.py) has the algorithms from torch's documentation of Adam and its
  kin, [`torch_squares.py`](torch_squares.py) of Adagrad, Adadelta and RMSprop, and
  [`torch_others.py`](torch_others.py) those of the others.
* [`peers.py`](peers.py) has algorithms from papers, and the packages that implement them;
  [`optax_peers.py`](optax_peers.py) what is optax's.
* [`configurations.py`](configurations.py) runs whatever has the interface of torch's optimizers.
"""
