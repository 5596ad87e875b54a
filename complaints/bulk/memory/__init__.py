"""The actions of `workorders` and `complaints` on rows in memory: the same moves, clocks and events, without a database.

For bulk data only. What an action writes is decided by the actions; this package repeats them with the same pure
arithmetic and the same hash chain, and tests/demo/test_memory.py holds both equal, row by row and hash by hash.
"""
