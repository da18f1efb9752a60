"""`python -m archive.extraction WORK`: started by `sandbox.run` only."""

import sys

from archive.extraction.child import main

main(sys.argv[1])
