r"""
# Formulas as they look

* [`formulas.py`](formulas.py) finds formulas in Markdown, and [`fences.py`](fences.py) says where
  not to look.
* [`katex.py`](katex.py) typesets them, and [`plain.py`](plain.py) writes them as plain text.
* [`symbols.py`](symbols.py) is the table of symbols: what each means, and its names in the code.
"""
