"""One file a command: HELP, add_arguments, run. Loaded by name, so that `--help` costs what argparse costs."""

from __future__ import annotations

# command -> the line that `gen4flow --help` shows of it; its module has the same name
COMMANDS: dict[str, str] = {
    "init": "make a small working project",
    "validate": "say everything that is wrong with recipes",
    "show": "print a recipe as it is after extends, profiles and settings",
    "plan": "show what would be bought, why, and for how much",
    "run": "buy what is missing, fetch it, write images and manifest; again: resume",
    "status": "count jobs and money, and say what needs a person",
    "reconcile": "settle submits whose answer was lost",
    "verify": "check every file against the manifest",
    "sheet": "make a contact sheet: any selection of images in one PNG",
    "gallery": "write gallery.html again",
    "review": "serve the gallery on loopback, save picks as they are made, show images as they come",
    "picks": "copy what was picked, merge two people's picks, make finals of drafts",
    "diff": "say what was added, removed and changed between two recipes or manifests",
    "costs": "list every attempt with its price",
    "balance": "ask the provider for the account's balance",
    "price": "ask the provider for the prices of a recipe's images",
    "emulator": "serve the provider's API on loopback: free proofs",
    "schema": "print a JSON Schema",
    "doctor": "check everything that a run needs",
    "completion": "print what a shell needs to complete commands",
    "help": "explain exit codes, selectors, files and the environment",
}
