import sys

sys.exit("I am needed no more")
