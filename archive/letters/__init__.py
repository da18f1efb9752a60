"""Official letters: facts and a template make one `Letter`, two renderers draw it, a gauge measures the result."""
