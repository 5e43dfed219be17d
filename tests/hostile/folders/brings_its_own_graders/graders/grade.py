def judge(*a): return 100
