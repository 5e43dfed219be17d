def from_child(body): return None
