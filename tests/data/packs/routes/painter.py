"""A pack whose nodes send pictures to clients, in the ways that packs do, and one that fails."""

from threading import Thread

from PIL import Image
from server import BinaryEventTypes, PromptServer


class Painter:
    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "run", "x", True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"seed": ("INT", {"default": 0})}}

    def run(self, seed):
        server, kind = PromptServer.instance, BinaryEventTypes.UNENCODED_PREVIEW_IMAGE
        server.send_sync(kind, ("PNG", Image.new("RGBA", (600, 300), "red"), None))
        for _ in range(20):  # of which only a glimpse now and then is worth sending
            server.send_sync(kind, ["JPEG", Image.new("RGBA", (600, 300), "blue"), 256])
        server.send_sync(BinaryEventTypes.PREVIEW_IMAGE, b"\0\0\0\x01\xff\xd8raw")
        server.send_sync(kind, "no picture")
        about = {"node_id": "elsewhere"}
        picture = ("JPEG", Image.new("RGB", (8, 8)), None)
        given = (BinaryEventTypes.PREVIEW_IMAGE_WITH_METADATA, (picture, about), "painters")
        thread = Thread(target=server.send_sync, args=given)
        thread.start()
        thread.join()
        server.send_sync("painter.told", {"job": server.last_prompt_id}, server.client_id)
        server.send_sync(BinaryEventTypes.PREVIEW_IMAGE, b"\0\0\0\x01\xff\xd8mine", server.client_id)
        return {"ui": {"painted": [seed]}}


class Breaker:
    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "run", "x", True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",), "text": ("STRING", {"default": ""})}}

    def run(self, image, text):
        raise RuntimeError("it broke")


NODE_CLASS_MAPPINGS = {"Painter": Painter, "Breaker": Breaker}
