"""`python -m archive` is `anjuan`."""

from archive.cli import main

main()
