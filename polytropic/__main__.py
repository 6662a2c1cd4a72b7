"""``python -m polytropic`` starts the command line."""

from polytropic.cli import main

if __name__ == "__main__":
    main()
