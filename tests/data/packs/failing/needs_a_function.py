from comfy.utils import ProgressBar, a_function_that_is_not_there
