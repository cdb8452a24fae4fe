"""ComfyUI's module names, for node packs that import them.

Only the loader of packs puts these modules where packs find them (`compat.install`); nothing of
ours imports them. What they do is written from what packs rely on.
"""
