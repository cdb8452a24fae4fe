class Anything:
    """Has whatever it is asked for."""

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()


class Meta(type):
    @property
    def RETURN_TYPES(cls):
        raise LookupError("not today")


class Raises(metaclass=Meta):
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {}

    def run(self):
        return ()


class Plain:
    RETURN_TYPES = ()
    FUNCTION = "run"

    @classmethod
    def INPUT_TYPES(cls):
        return {}

    def run(self):
        return ()


anything = Anything()
WEB_DIRECTORY = anything
NODE_CLASS_MAPPINGS = {"HostileAnything": anything, "HostileRaises": Raises, 7: Plain}
NODE_DISPLAY_NAME_MAPPINGS = {7: anything}
