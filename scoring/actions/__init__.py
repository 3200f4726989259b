"""Use cases of scoring: asking for runs and executing them. The run rows are the queue of record."""
