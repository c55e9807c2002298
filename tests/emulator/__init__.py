"""The emulator, asked over real HTTP on loopback."""
