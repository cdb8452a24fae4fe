"""Coroutines, and how far nodes are."""

import asyncio
import threading

from comfy.model_management import throw_exception_if_processing_interrupted
from comfy.utils import ProgressBar
from comfy_api.latest import ComfyAPI, ComfyAPISync

ARRIVED = set()


class Meet:
    """Waits until two of them run at the same time."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",)}}

    async def run(self, number):
        ARRIVED.add(number)
        for _ in range(2000):
            if len(ARRIVED) > 1:
                return (number,)
            await asyncio.sleep(0.005)
        raise TimeoutError("the other one never came")


class FailLater:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"number": ("INT",)}}

    async def run(self, number):
        await asyncio.sleep(0)
        raise ValueError(f"{number} is no good")


class Progress:
    """Tells of two steps: from a function, a thread, and by way of the API."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"total": ("INT", {"default": 3})}}

    def run(self, total):
        throw_exception_if_processing_interrupted()
        bar = ProgressBar(total)
        bar.update(1)
        thread = threading.Thread(target=bar.update, args=(1,))
        thread.start()
        thread.join()
        ComfyAPISync().execution.set_progress(total, total)
        return (total,)


class ProgressLater(Progress):
    async def run(self, total):
        bar = ProgressBar(total)
        await asyncio.sleep(0)
        bar.update(1)
        await asyncio.sleep(0)
        bar.update(1)
        await ComfyAPI().execution.set_progress(total, total)
        return (total,)


NODE_CLASS_MAPPINGS = {
    "LaterMeet": Meet,
    "LaterFail": FailLater,
    "LaterProgress": Progress,
    "LaterProgressLater": ProgressLater,
}
