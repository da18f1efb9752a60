"""Official letters: facts and a template become one `Letter`; two renderers make Word and PDF of it; a gauge measures them."""
