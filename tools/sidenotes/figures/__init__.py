r"""
# Figures

```
/// figure | docs/notes/figures/step_length.py
What the figure shows, in Markdown.
///
```

The file has a function `figure()` that returns [data](data.py), and says nothing of colours. It may
run the real code, for seconds: so not the build of a page calls it, but the command

```
sidenotes figures docs/notes/figures --output .cache/figures
```

which draws those that have changed. A build takes the drawing from there.

1. [`data.py`](data.py) is what a function returns, and what is refused.
2. [`command.py`](command.py) calls the functions, and [`inputs.py`](inputs.py) tells whether
   anything has changed since.
3. [`drawing/`](drawing/__init__.py) lays a figure out and writes it as SVG, and
   [`table.py`](table.py) picks the values that are shown below it.
4. [`stored.py`](stored.py) is the file between the command and the page, and
   [`block.py`](block.py) puts it there.
"""
