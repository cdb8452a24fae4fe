async def comfy_entrypoint():
    return None
