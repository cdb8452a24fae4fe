"""What packs import from `comfy_execution`."""
