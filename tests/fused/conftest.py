"""What the tests of the optimizers share serves here as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "optim"))
