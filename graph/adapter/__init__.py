"""Node classes in ComfyUI's convention, as definitions that the engine understands."""
