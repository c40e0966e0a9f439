"""
Lets the tests of the runner import its modules, which import each other as a program's do.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
