"""A pack that changes workflows before they are checked."""

import time

from server import PromptServer


def change(posted):
    for node in posted["prompt"].values():
        inputs = node.get("inputs", {})
        if inputs.get("seed") == "the usual":
            inputs["seed"] = 5
        elif inputs.get("seed") == "slow":
            time.sleep(11)
        elif inputs.get("seed") == "endless":
            posted["again"] = posted
    posted.setdefault("extra_data", {})["changed_by"] = "changer"
    return posted


def fail(posted):
    posted["prompt"] = {}
    raise RuntimeError("not today")


def forget(posted):
    posted["prompt"] = {}


for handler in (fail, change, forget):
    PromptServer.instance.add_on_prompt_handler(handler)
NODE_CLASS_MAPPINGS = {}
