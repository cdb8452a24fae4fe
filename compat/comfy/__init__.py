"""What packs import from `comfy`."""
