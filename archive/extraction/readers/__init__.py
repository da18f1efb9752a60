"""One module for each family of formats, each with `read(source, out)`.

Pages, children and facts go to `out`; a file that cannot be read ends in `Stop`. They run in the child process only.
"""
