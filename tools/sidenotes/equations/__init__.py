"""The address that files of runs for version 0.1 import. The checker is in `check/`."""
