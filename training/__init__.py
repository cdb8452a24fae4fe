"""The starter model: its pictures, its training, its export and its measures."""
