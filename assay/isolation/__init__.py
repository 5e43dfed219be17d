"""What keeps student code away from everything else: levels, and how a process enters one."""
