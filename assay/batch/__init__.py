"""A class graded: jobs, workers on this machine or on a Dask cluster, and a record of results."""
