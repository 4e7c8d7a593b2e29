"""The one command that checks everything: `python -m tests`. What follows on the line goes to pytest."""

import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", *sys.argv[1:]),
)


def main() -> int:
    """Run every check, all of them even after a failure; the number of failed ones is the exit code."""
    failed = 0
    for check in CHECKS:
        print(f"── {' '.join(check)}", flush=True)
        failed += subprocess.run([sys.executable, "-m", *check], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
