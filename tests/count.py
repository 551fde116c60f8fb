#!/usr/bin/python3
"""tests/count.py TESTLOG.json...

Sums up the tests that meson ran. Prints "PASSED FAILED SKIPPED", and on stderr
what failed. A gst-check program counts its checks, a TAP program its lines, any
other program is one test.
"""
import json
import re
import sys


def count(test):
    out = test.get("stdout") or ""
    checks = re.findall(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", out)
    result = test["result"]
    if result == "SKIP":
        return 0, 0, 1
    if checks:
        total, failures, errors = (sum(map(int, c)) for c in zip(*checks))
        bad = failures + errors
        # a crash after the last check, a leak: the program failed as a whole
        if result not in ("OK", "EXPECTEDFAIL") and bad == 0:
            bad, total = 1, total + 1
        return total - bad, bad, 0
    if re.search(r"^(not )?ok\b", out, re.M):
        skipped = len(re.findall(r"^ok\b.*# SKIP", out, re.M))
        good = len(re.findall(r"^ok\b", out, re.M)) - skipped
        bad = len(re.findall(r"^not ok\b", out, re.M))
        if result not in ("OK", "EXPECTEDFAIL") and bad == 0:
            bad = 1
        return good, bad, skipped
    return (1, 0, 0) if result in ("OK", "EXPECTEDFAIL") else (0, 1, 0)


def main():
    passed = failed = skipped = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                test = json.loads(line)
                p, f, s = count(test)
                passed, failed, skipped = passed + p, failed + f, skipped + s
                if f:
                    print(f"--- {test['name']}: {test['result']}", file=sys.stderr)
                    for stream in ("stdout", "stderr"):
                        for text in (test.get(stream) or "").splitlines()[-40:]:
                            print(f"    {text}", file=sys.stderr)
    print(passed, failed, skipped)


main()
