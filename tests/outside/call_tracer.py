"""Run a command, and end it in the instant of its nth system call of some kinds, or let that call fail.

    python call_tracer.py LOG CALLS [--nth N (--kill | --error ENOSPC)] -- COMMAND...

Calls are counted over all threads and children together, in the order in which the kernel is asked, from the moment
that a file with `ledger.sqlite3` in its name is first opened. The nth is stopped at its entry, so what it would have
changed is unchanged. LOG gets a line for each call counted: its number, name, thread and file. strace counts for each
thread apart, which leaves calls that no count reaches; hence this. x86-64 Linux (ptrace(2), syscalls(2)).
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import signal
import sys
from pathlib import Path

NUMBERS = {
    "read": 0, "write": 1, "openat": 257, "pread64": 17, "pwrite64": 18, "writev": 20, "socket": 41, "connect": 42,
    "sendto": 44, "sendmsg": 46, "fsync": 74, "fdatasync": 75, "ftruncate": 77, "rename": 82, "mkdir": 83,
    "link": 86, "unlink": 87, "chmod": 90, "fchmod": 91, "utimensat": 280, "copy_file_range": 326, "sendfile": 40,
    "fallocate": 285, "renameat2": 316, "unlinkat": 263, "mkdirat": 258, "rmdir": 84,
}  # fmt: skip
NAMES = {number: name for name, number in NUMBERS.items()}
OPENAT = NUMBERS["openat"]
CREATES = "creat"  # an openat that may make its file: counted under this name, apart from openat
TAKES_A_PATH = {"openat": 1, CREATES: 1, "rename": 0, "mkdir": 0, "link": 0, "unlink": 0, "chmod": 0, "rmdir": 0}

_TRACEME, _POKEUSER, _SYSCALL, _SETOPTIONS, _SYSCALL_INFO = 0, 6, 24, 0x4200, 0x420E
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100000  # SYSGOOD, FORK, VFORK, CLONE, EXEC, EXITKILL
_RAX, _ORIG_RAX = 80, 120  # offsets in struct user
_ENTRY, _EXIT = 1, 2
_WALL = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class _Info(ctypes.Structure):
    """struct ptrace_syscall_info, as far as it is read."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("args", ctypes.c_uint64 * 6),
        ("more", ctypes.c_uint64 * 2),
    )


def _ptrace(request: int, thread: int, address: int = 0, data: int = 0) -> None:
    if _libc.ptrace(request, thread, address, data) == -1 and ctypes.get_errno() != errno.ESRCH:
        raise OSError(ctypes.get_errno(), f"ptrace {request} of {thread}")


class Tracer:
    """Follows one command and everything it starts."""

    def __init__(self, root: int, calls: list[str], log: Path, nth: int, error: int) -> None:
        self.root, self.nth, self.error = root, nth, error
        self.names = set(calls)
        self.log = log.open("w", encoding="utf-8")
        self.counting = False
        self.count = 0
        self.failing = 0  # the thread whose call fails at its exit
        self.info = _Info()
        self.known = {root}

    def follow(self) -> int:
        """Let the command run to its end, and return its exit code as a shell would say it."""
        _ptrace(_SETOPTIONS, self.root, 0, _OPTIONS)
        _ptrace(_SYSCALL, self.root)
        code = 0
        while True:
            try:
                thread, status = os.waitpid(-1, _WALL)
            except ChildProcessError:
                return code
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                if thread == self.root:
                    code = os.waitstatus_to_exitcode(status)
                    code = 128 - code if code < 0 else code
                continue
            _ptrace(_SYSCALL, thread, 0, self.stopped(thread, status))

    def stopped(self, thread: int, status: int) -> int:
        """Look at a stop, and return the signal that its thread is to be given."""
        caught = os.WSTOPSIG(status)
        if caught == signal.SIGTRAP | 0x80:
            self.at_call(thread)
            return 0
        if status >> 16:
            return 0
        if thread not in self.known and caught == signal.SIGSTOP:  # how a new thread begins
            self.known.add(thread)
            return 0
        return caught

    def at_call(self, thread: int) -> None:
        """Count the entry of a call, and strike at the nth."""
        if _libc.ptrace(_SYSCALL_INFO, thread, ctypes.sizeof(self.info), ctypes.addressof(self.info)) <= 0:
            return
        if self.info.op == _EXIT and thread == self.failing:
            self.failing = 0
            _ptrace(_POKEUSER, thread, _RAX, -self.error & 0xFFFFFFFFFFFFFFFF)
        if self.info.op != _ENTRY:
            return
        number = self.info.number
        if not self.counting and number == OPENAT:
            self.counting = "ledger.sqlite3" in self.text(thread, self.info.args[1])
        name = NAMES.get(number, "")
        if number == OPENAT and self.info.args[2] & os.O_CREAT and CREATES in self.names:
            name = CREATES
        if self.counting and name in self.names:
            self.count += 1
            self.log.write(f"{self.count}\t{name}\t{thread - self.root}\t{self.file(thread, name)}\n")
            if self.count == self.nth:
                self.log.flush()
                self.strike(thread)

    def strike(self, thread: int) -> None:
        """End everything, or make this call one that the kernel does not know and its result the error."""
        if not self.error:
            os.kill(self.root, signal.SIGKILL)
            return
        _ptrace(_POKEUSER, thread, _ORIG_RAX, 0xFFFFFFFFFFFFFFFF)
        self.failing = thread

    def file(self, thread: int, name: str) -> str:
        """Return the name of the file that the call is about."""
        if name in TAKES_A_PATH:
            return self.text(thread, self.info.args[TAKES_A_PATH[name]])
        try:
            return str(Path(f"/proc/{thread}/fd/{self.info.args[0]}").readlink())
        except OSError:
            return "?"

    def text(self, thread: int, address: int) -> str:
        """Return the string at an address of the traced program."""
        try:
            with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
                memory.seek(address)
                return memory.read(4096 - address % 4096).split(b"\0")[0].decode(errors="replace")
        except (OSError, OverflowError, ValueError):
            return "?"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("calls")
    parser.add_argument("--nth", type=int, default=0)
    parser.add_argument("--error")
    mine = sys.argv.index("--")
    options, command = parser.parse_args(sys.argv[1:mine]), sys.argv[mine + 1 :]
    root = os.fork()
    if root == 0:
        _ptrace(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execvp(command[0], command)
    os.waitpid(root, 0)
    error = getattr(errno, options.error) if options.error else 0
    tracer = Tracer(root, options.calls.split(","), options.log, options.nth, error)
    try:
        return tracer.follow()
    finally:
        tracer.log.close()


if __name__ == "__main__":
    sys.exit(main())
