"""What packs import from `comfy_api`."""
