"""Examples for `gen4flow COMMAND --help`: what people type most, each with what it is for."""

from __future__ import annotations

# command -> lines of (what is typed, what it does)
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "init": (
        ("gen4flow init spring", "a new project in the folder spring"),
        ("gen4flow init spring --template catalogue", "one that starts from a table of products"),
    ),
    "validate": (
        ("gen4flow validate recipes/*.yaml", "every problem of every recipe, and files that none of them uses"),
        ("gen4flow validate recipe.yaml --format github", "as annotations of a pull request"),
    ),
    "show": (("gen4flow show recipe.yaml -P final --origin", "the recipe as it is with a profile, and where from"),),
    "plan": (
        ("gen4flow plan recipe.yaml", "what would be bought, why, and for how much"),
        ("gen4flow plan recipe.yaml -P final -s 'scene=beach*'", "a profile, and some of its jobs"),
        ("gen4flow plan recipe.yaml -o plan.json", "a plan to be approved, which `gen4flow run plan.json` carries out"),
        ("gen4flow plan recipe.yaml --markdown", "for a pull request"),
        ("gen4flow plan recipe.yaml --json --exit-code", "for a program: exit 10 when something would be bought"),
    ),
    "run": (
        ("gen4flow run recipe.yaml --provider local", "free proofs of the whole plan"),
        ("gen4flow run recipe.yaml", "shows the price, asks, buys; again: goes on where it stopped"),
        ("gen4flow run recipe.yaml --yes --max-cost 5", "without being asked, for at most $5"),
        ("gen4flow run recipe.yaml -s sample:20@7 --yes", "twenty of its jobs, always the same ones"),
        ("gen4flow run recipe.yaml --retry failed", "buys what failed and was not billed once more"),
        ("gen4flow run plan.json --yes", "what was approved, and nothing else"),
    ),
    "status": (("gen4flow status recipe.yaml", "jobs, money, and what needs a person; also while a run is under way"),),
    "reconcile": (
        ("gen4flow reconcile recipe.yaml", "looks for submits whose answer was lost, and adopts what is certain"),
        ("gen4flow reconcile --adopt 'main[seed=7]=0123abcd'", "says which prediction a lost submit has become"),
        ("gen4flow reconcile recipe.yaml --give-up state:unknown", "counts them as spent; they are not bought again"),
    ),
    "verify": (
        ("gen4flow verify out/spring", "every file of a folder, and the marks in it, against the manifest"),
        ("gen4flow verify recipe.yaml --marks", "what each file says of itself for machines"),
    ),
    "sheet": (
        ("gen4flow sheet recipe.yaml -s 'scene=beach*' -o beach.png", "some of the images, for an e-mail"),
        ("gen4flow sheet out/spring -o spring.png --columns 6 --size 240", "a folder, six in a row"),
    ),
    "gallery": (("gen4flow gallery recipe.yaml -s state:succeeded", "the page again, of some images"),),
    "review": (
        ("gen4flow review recipe.yaml", "pick and reject in the browser; also while a run is under way"),
        ("gen4flow review out/spring --no-open", "of a folder; prints the address"),
        ("gen4flow review recipe.yaml -P draft --picks picks/round-2.json", "with a picks file of your choice"),
    ),
    "picks": (
        ("gen4flow picks apply picks.json recipe.yaml -P draft --to chosen", "the images that were picked, as copies"),
        ("gen4flow picks apply picks.json recipe.yaml -P final --to delivery", "the finals of the same rows"),
        ("gen4flow picks merge ines.json tomas.json -o picks.json", "lists what the two disagree about"),
        ("gen4flow picks merge ines.json tomas.json -o picks.json --prefer reject", "what either rejects is rejected"),
        ("gen4flow picks to-recipe picks.json recipe.yaml -P final -o finals.yaml", "the same prompts and seeds"),
        (
            "gen4flow picks to-recipe picks.json recipe.yaml -P final --as reference -o finals.yaml",
            "each final is shown its draft",
        ),
    ),
    "diff": (
        ("gen4flow diff old.yaml recipe.yaml", "what another recipe would make otherwise, and for how much"),
        ("gen4flow diff out/spring.draft out/spring.final", "two output folders, by their manifests"),
        ("gen4flow diff out/spring recipe.yaml --json", "what was made and what would be, for a program"),
    ),
    "costs": (("gen4flow costs --json", "every attempt with list price and charge, for a program"),),
    "balance": (("gen4flow balance", "what the account holds"),),
    "price": (("gen4flow price recipe.yaml", "what the provider asks for the images of a recipe"),),
    "emulator": (
        ("gen4flow emulator --port 8999", "the provider's API on loopback, for any client"),
        ("gen4flow emulator --fault submit:accept_then_drop:0.1", "with a tenth of the answers lost"),
        ("gen4flow emulator --list-faults", "everything that it can do wrong"),
    ),
    "schema": (("gen4flow schema recipe > recipe.schema.json", "the JSON Schema for an editor"),),
    "doctor": (("gen4flow doctor --probe", "everything that a run needs, with the provider's free endpoints"),),
    "completion": (("gen4flow completion bash >> ~/.bashrc", "commands and options by Tab, in bash"),),
    "help": (("gen4flow help exit-codes", "what each exit code means"),),
}


def examples_text(command: str, *, starting: str = "") -> str:
    """Return a command's examples, as they stand at the end of its help: those that start that way."""
    lines = ["examples:"]
    for typed, told in EXAMPLES.get(command, ()):
        lines += [f"  {typed}", f"      {told}"] if typed.startswith(starting) else []
    return "\n".join(lines)
