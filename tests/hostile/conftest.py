"""Some specimens would end a pytest that imports them: only test_specimens.py is collected."""

collect_ignore = ["break", "forge", "leak", "folders", "stage.py", "wrong_answers.py"]
