"""What needs a GPU is marked `gpu`, and skipped with a reason where there is none."""

import gc

import pytest


def pytest_collection_finish():
    """Thousands of tests stay. The collector need not look through them, again and again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("there is no CUDA device here")


@pytest.fixture
def one_thread():
    """Sums are made in one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
