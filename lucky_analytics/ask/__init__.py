"""A question in plain words, answered by a guarded query over the catalog and the metrics, or not at all."""
