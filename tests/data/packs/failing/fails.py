def helper():
    raise RuntimeError("the moon\nis full")


helper()
