class Session:
    def verdict(self, check): return None, {}
