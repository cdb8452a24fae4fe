import comfy.utils

comfy.utils.a_function_that_is_not_there()
