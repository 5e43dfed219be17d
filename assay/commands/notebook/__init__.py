"""`%load_ext assay`: a notebook grades what it has defined so far, in a process of its own."""
