"""One module for each family of formats. Each has `read(source, out)`: pages, children and facts go to `out`, and a file
that cannot be read ends in `Stop`. They run in the child process only and import their libraries there.
"""
