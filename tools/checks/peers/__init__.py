r"""
# The published AdaBeliefs, run

```
python -m checks.peers
```

`make peers` installs the packages and does this. It runs each published AdaBelief beside ours, with
each set of its flags, and writes into `tools/checks/data/peers.jsonl` which call of ours makes the
same steps, and how far apart the two are at most.

* [`calls.py`](calls.py) has the pairs of calls: theirs and ours.
* [`packages.py`](packages.py) imports the packages, and [`peer.py`](peer.py) trains with what a
  call makes.
* [`compare.py`](compare.py) runs a pair and measures how far apart it is.
* [`rows.py`](rows.py) writes and reads the figures, and [`block.py`](block.py) shows them on a
  page.
"""
