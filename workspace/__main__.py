"""python -m workspace: open the workspace on this machine."""

from workspace.serve import main

if __name__ == "__main__":
    main()
