import comfy.samplers
