"""What workflows look like in files and on the wire, and how they become a `Workflow`."""
