class Good:
    RETURN_TYPES = ("INT",)
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def run(self):
        return (1,)


class BadInputs(Good):
    @classmethod
    def INPUT_TYPES(cls):
        raise FileNotFoundError("styles.csv is not there")


class BadFunction(Good):
    FUNCTION = "walk"


NODE_CLASS_MAPPINGS = {
    "SomeGood": Good,
    "SomeBadInputs": BadInputs,
    "SomeBadFunction": BadFunction,
    "SomeNothing": None,
    "KSampler": Good,
}
NODE_DISPLAY_NAME_MAPPINGS = ["SomeGood"]
