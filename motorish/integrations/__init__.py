"""
What joins motorish to other programs: web frameworks, test runners, real servers.
"""
