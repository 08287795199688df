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
* [`papers.py`](papers.py) has algorithms from papers, which
  [`from_adabelief_pytorch.py`](from_adabelief_pytorch.py),
  [`from_pytorch_optimizer.py`](from_pytorch_optimizer.py) and [`from_timm.py`](from_timm.py)
  compare with these packages. [`from_optax.py`](from_optax.py) has those of optax.
* [`configurations.py`](configurations.py) runs whatever has the interface of torch's optimizers,
  and [`transformations.py`](transformations.py) what optax has instead.
"""
