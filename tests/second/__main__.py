"""`python -m tests.second`: compare engine and second implementation on random rows."""

from __future__ import annotations

import sys
from pathlib import Path

# The package is imported by the name that the tests know it by, from wherever the command is run.
sys.path.insert(0, str(Path(__file__).parent.parent))

from second.command import main

if __name__ == "__main__":
    sys.exit(main())
