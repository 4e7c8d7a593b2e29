"""The performance goals, runnable: `python -m bench NAME`. Every figure is a ratio against a peer, measured in one
interleaved run, because machines are noisy; the median is what counts.
"""
