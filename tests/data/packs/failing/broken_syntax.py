NODE_CLASS_MAPPINGS = {}
def broken(:
    pass
