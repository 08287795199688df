r"""
# sidenotes

A build tool for annotated sources. It takes a file in Python or C whose docstrings and comments
are written in Markdown with LaTeX, and makes a page of it: the notes at the left, the code that
they speak of at the right.

The way of a file through the tool:

1. `block.py` is the Markdown extension. It finds `/// sidenotes | path` on a page, and all begins
   there.
2. `source.py` finds the notes of a Python file, and `c_source.py` those of a C file with
   `c_tokens.py` and `c_statements.py`. `sections.py` then cuts the file into sections, each a note
   and its code. `languages.py` lists what belongs to a language.
3. `page.py` lays the sections out.
4. `prose.py` turns the notes into elements of the page. `typeset.py` typesets the formulas that
   `formulas.py` finds in them, and tags the symbols that `symbols.py` knows. `fences.py` says where
   not to look, and `plain.py` writes a formula where none can be set.
5. `code.py` highlights the code and finds the variables that stand for a symbol, in C with
   `c_names.py`; `references.py`, `bindings.py` and `links.py` find out where the names of Python
   code lead.
6. `legend.py` lists the symbols and makes them light up together, `contents.py` lists the headings.

Another block, of `bars.py`, draws a figure from data that `series.py` reads.

`sites.py` knows which page shows which file, `files.py` reads a file once, and `errors.py` says how
a build stops. The command `python -m sidenotes assets DIR` writes the style sheet, the script and
the fonts of the formulas into a folder of the site.
"""
