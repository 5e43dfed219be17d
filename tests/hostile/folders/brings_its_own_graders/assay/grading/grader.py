class Grader:
    def judge(self, *a): return 100
