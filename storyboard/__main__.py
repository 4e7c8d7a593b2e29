"""`python -m storyboard`: the same as the command."""

from storyboard.cli import main

if __name__ == "__main__":
    main()
