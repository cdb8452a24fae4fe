"""IS_CHANGED and VALIDATE_INPUTS. STATE is what the world is like; ASKED has the questions."""

import folder_paths

STATE = {"value": 1}
ASKED = []


class Changes:
    """Runs again when STATE says something else."""

    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"a": ("INT",), "b": ("INT",)}, "hidden": {"me": "UNIQUE_ID"}}

    @classmethod
    def IS_CHANGED(cls, a, b, me):
        ASKED.append((a, b, me))
        return STATE["value"]

    def run(self, a, b, me):
        return (STATE["value"],)


class ChangesLater(Changes):
    @classmethod
    async def IS_CHANGED(cls, a, b, me):
        return STATE["value"]


class Always(Changes):
    @classmethod
    def IS_CHANGED(cls, **inputs):
        return float("nan")


class Fails(Changes):
    @classmethod
    def IS_CHANGED(cls, **inputs):
        raise OSError("it is gone")


class Checked:
    """Takes a number from 0 to 9, and words that VALIDATE_INPUTS knows."""

    RETURN_TYPES = ("STRING",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "number": ("INT", {"min": 0, "max": 9}),
                "word": (["one", "two"],),
            }
        }

    @classmethod
    def VALIDATE_INPUTS(cls, word):
        return True if word in ("one", "two", "three") else f"{word} is no word"

    def run(self, number, word):
        return (f"{number} {word}",)


class CheckedLater(Checked):
    @classmethod
    async def VALIDATE_INPUTS(cls, **inputs):
        return inputs["number"] != 13


class CheckedTypes(Checked):
    @classmethod
    def VALIDATE_INPUTS(cls, input_types):
        return input_types.get("number") == "STRING"


class Save:
    """Writes text, as savers do."""

    RETURN_TYPES = ()
    FUNCTION = "run"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {"default": "x"})}}

    def run(self, text):
        folder, stem, number, subfolder, _ = folder_paths.get_save_image_path(
            "texts/t", folder_paths.get_output_directory()
        )
        name = f"{stem}_{number:05}_.txt"
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        return {"ui": {"texts": [{"filename": name, "subfolder": subfolder, "type": "output"}]}}


NODE_CLASS_MAPPINGS = {
    "ChangeChanges": Changes,
    "ChangeLater": ChangesLater,
    "ChangeAlways": Always,
    "ChangeFails": Fails,
    "CheckChecked": Checked,
    "CheckLater": CheckedLater,
    "CheckTypes": CheckedTypes,
    "PackSave": Save,
}
