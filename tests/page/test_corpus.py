"""
Files that were not written for the tool are rendered whole: no line of code and no word of a note
is lost. Here it is every fiftieth of those that `corpus.py` knows, or all of them with
SIDENOTES_CORPUS=all in the environment.
"""

import gc
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from corpus import check, corpora, report

STEP = 1 if os.environ.get("SIDENOTES_CORPUS") == "all" else 50
CORPORA = dict(corpora())


@pytest.mark.parametrize("name", CORPORA)
def test_files_are_rendered_and_nothing_of_them_is_lost(name, capsys):
    paths = CORPORA[name]
    if not paths:
        pytest.skip(f"{name} is not installed")
    paths = paths[:: min(STEP, max(1, len(paths) // 10))]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context, initializer=gc.freeze) as pool:
        outcomes = list(pool.map(check, paths, chunksize=4))
    with capsys.disabled():
        print(f"\n  {report(name, outcomes)}")
    assert [(o.path, o.refused) for o in outcomes if o.refused and not o.broken] == []
    assert [(o.path, o.lines) for o in outcomes if o.lines] == []
    assert [(o.path, dict(o.lost)) for o in outcomes if o.lost] == []
    assert sum(o.words for o in outcomes) > 0
