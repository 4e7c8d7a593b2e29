"""Media jobs on other machines, over a Dask cluster of one's own.

`crew` is the workers' end, `link` one connection to one scheduler, `cluster` the executor, which goes on in local
processes where there is no scheduler. Nothing else knows of Dask.
"""
