"""The one command that checks everything: `python -m tests`. What follows on the line goes to pytest.

Where a chromium is installed, a short form of the browser lane follows: a page changes live while a film is rendered.
"""

import shutil
import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", *sys.argv[1:]),
)
BROWSER = ("pytest", "-q", "-n", "0", "-m", "browser", "tests/stories/test_browser.py", "-k", "cards_change")
LEFT_OUT = "the browser lane's short form is left out: there is no chromium (apt-get install chromium)"


def main() -> int:
    """Run every check, all of them even after a failure; the number of failed ones is the exit code."""
    failed = 0
    seen = shutil.which("chromium") is not None
    for check in (*CHECKS, BROWSER) if seen and not sys.argv[1:] else CHECKS:
        print(f"── {' '.join(check)}", flush=True)
        failed += subprocess.run([sys.executable, "-m", *check], check=False).returncode != 0
    if not seen:
        print(LEFT_OUT)
    return failed


if __name__ == "__main__":
    sys.exit(main())
