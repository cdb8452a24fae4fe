"""The queue and history of jobs, and the events that are told of them."""
