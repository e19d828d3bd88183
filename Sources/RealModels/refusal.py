class Refusal(Exception):
    """What went wrong, in one line: the file or package, what was expected and found, what to do."""
