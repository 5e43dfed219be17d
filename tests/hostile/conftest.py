"""Among the specimens are files that end a pytest that loads them: only the test is collected."""

collect_ignore = ["break", "forge", "leak", "folders", "stage.py", "wrong_answers.py"]
