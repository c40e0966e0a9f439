"""
Makes ``python -m motorish`` the command line of `motorish.cli`.
"""

from motorish.cli import main

main()
