import pytest
from stranger import Project


@pytest.fixture
def stranger(tmp_path, monkeypatch, capsys):
    """A project of one module that knows nothing of optimizers."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)
