"""What runs jobs for the queue."""
