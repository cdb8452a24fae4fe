"""What packs do that no class should: odd names, odd results, odd values, odd exceptions."""

import asyncio

import torch


class Names:
    """Has inputs that are called as parameters of an engine's might be."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        names = ("function", "inputs", "key", "name", "node")
        return {
            "required": {"context": ("*", {"lazy": True})},
            "optional": {name: ("INT",) for name in names},
        }

    @classmethod
    def IS_CHANGED(cls, context, **inputs):
        return 1

    @classmethod
    def VALIDATE_INPUTS(cls, context, **inputs):
        return True

    def check_lazy_status(self, context, **inputs):
        return ["context"] if context is None else []

    def run(self, context, **inputs):
        return ((context, sorted(inputs.items())),)


class ReturnsAnything:
    RETURN_TYPES = ()
    FUNCTION = "run"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"which": ("INT",)}}

    def run(self, which):
        return ({}, {"saved": 1}, "done", True, [1, 2], None)[which]


class CannotSayIt(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Raises:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"which": ("STRING",)}}

    def run(self, which):
        raise {
            "base": BaseException("base"),
            "cancelled": asyncio.CancelledError(),
            "interrupt": KeyboardInterrupt(),
            "exit": SystemExit(3),
            "speechless": CannotSayIt(),
            "long": ValueError("x" * 1_000_000),
        }[which]


class RaisesLater(Raises):
    async def run(self, which):
        await asyncio.sleep(0)
        return Raises.run(self, which)


class Odd:
    """Values that cannot be looked into, or only with care."""

    RETURN_TYPES = ("*",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"which": ("STRING",)}}

    def run(self, which):
        return (getattr(self, which)(),)

    def itself(self):
        found = []
        found.append(found)
        return found

    def deep(self):
        found = []
        for _ in range(5000):
            found = [found]
        return found

    def hostile(self):
        class Hostile:
            def __getattr__(self, name):
                raise RuntimeError(name)

            __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __getattr__

        return Hostile()

    def sparse(self):
        return torch.eye(3).to_sparse()

    def bodiless(self):
        return torch.empty(3, device="meta")

    def conjugate(self):
        return torch.ones(3, dtype=torch.complex64).conj()


class TypeOf:
    RETURN_TYPES = ()
    FUNCTION = "run"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",)}}

    def run(self, value):
        return {"ui": {"shown": [type(value).__name__]}}


class Compute:
    """Does what needs an engine that records no gradients."""

    RETURN_TYPES = ("FLOAT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def run(self):
        with torch.inference_mode():
            made = torch.zeros(1, 1)
        made[:] = 2.0
        layer = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.constant_(layer.weight, 3.0)
        return (float(layer(made).numpy()[0, 0]),)


class ComputeLater(Compute):
    async def run(self):
        first = Compute.run(self)
        await asyncio.sleep(0)
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        except TimeoutError:
            assert Compute.run(self) == first
        return first


NODE_CLASS_MAPPINGS = {
    f"Odd{cls.__name__}": cls
    for cls in (Names, ReturnsAnything, Raises, RaisesLater, Odd, TypeOf, Compute, ComputeLater)
}
