"""The checks and how they went, for each form of discovery."""

import time

from processes import wait_for

# Home Assistant makes hundreds of entities in a second, but a busy machine may need longer.
PATIENCE_SECONDS = 30


class Table:
    """Prints each check when it is done, and all of them as a table at the end."""

    def __init__(self):
        self.form, self.results, self.begun = "device", {}, time.monotonic()

    def check(self, what, expected, seen):
        """`seen` must equal `expected`."""
        good = seen == expected
        # Named twice, a check fails if one of them does.
        row = self.results.setdefault(what, {})
        row[self.form] = good and row.get(self.form, True)
        told = "" if good else f": expected {expected!r}, saw {seen!r}"
        print(f"{time.monotonic() - self.begun:5.0f} s  {self.form:8} {'ok    ' if good else 'FAILED'}  {what}{told}", flush=True)
        return good

    def comes_true(self, what, expected, probe, seconds=PATIENCE_SECONDS):
        """A check that has some time to come true."""
        return self.check(what, expected, wait_for(seconds, probe, lambda seen: seen == expected))

    def text(self):
        forms = sorted({form for row in self.results.values() for form in row})
        word = {True: "ok", False: "FAILED", None: "-"}
        lines = [f"| check | {' | '.join(forms)} |", f"|---|{'---|' * len(forms)}"]
        lines += [f"| {what} | {' | '.join(word[row.get(form)] for form in forms)} |" for what, row in self.results.items()]
        done = [good for row in self.results.values() for good in row.values()]
        return "\n".join([*lines, "", f"{done.count(True)} passed, {done.count(False)} failed"])

    def failed(self):
        return not all(good for row in self.results.values() for good in row.values())
