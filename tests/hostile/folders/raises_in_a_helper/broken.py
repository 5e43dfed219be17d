raise ValueError('in a helper')
