"""The names of samplers and schedules, in the order the editor shows them; imports no torch.

A test holds these lists against the tables in `samplers/registry.py` and `schedules.py`.
"""

SAMPLER_NAMES: tuple[str, ...] = (
    "euler",
    "euler_ancestral",
    "heun",
    "lms",
    "dpmpp_2m",
    "ddim",
)

SCHEDULER_NAMES: tuple[str, ...] = ("simple", "karras", "exponential", "normal")
