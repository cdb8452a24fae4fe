print("I am no pack")
