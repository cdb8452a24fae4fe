"""A pack that changes workflows before they are checked."""

import time

from server import PromptServer


def change(posted):
    for node in posted["prompt"].values():
        text = node.get("inputs", {}).get("file")
        if text == "the usual":
            node["inputs"]["file"] = "a.txt"
        elif text == "slow":
            time.sleep(11)
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
