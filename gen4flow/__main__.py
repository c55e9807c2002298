"""`python -m gen4flow` is the same as `gen4flow`."""

import sys

from gen4flow.cli import main

sys.exit(main())
