import second
def use(): return second.used()
