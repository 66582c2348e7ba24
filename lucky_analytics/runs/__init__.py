"""Runs: typed parameters, a plan that skips what stands, papermill in a forked kernel, records on disk."""
