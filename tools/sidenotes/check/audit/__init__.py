r"""
# Code that knows nothing of its formulas

`sidenotes audit` compares the code of others, as it is installed, with formulas that stand in a
file of ours. Such a file describes it: it has algorithms in its docstrings, and a function

```python
def subjects() -> Iterable[Subject]: ...
```

that says [what is compared with which of them](subject.py). [The auditor](auditor.py) comes to a
verdict about each: *proved*, *tested* where no exact number can go through the code, or *differs*.
[The command](command.py) prints them.

The algorithm that stands in someone's documentation may differ from the code. A description then
mends it, so that it says what the code does. A difference that is told in this way, and is still
there, is no error of the description. Any other is.
"""
