"""`manage.py import_purchases FILE.csv --merchant mer_…`: a till's sales, recorded as if it had sent them."""

import csv
import sys
import time

from django.core.management.base import BaseCommand, CommandError

from loyalty import ids, money, tenancy
from loyalty.errors import Refused
from loyalty.merchants.models import Location, Merchant
from programs import importing, till_columns, till_files, till_receipts

SHOWN = 20


class Command(BaseCommand):
    help = "Records the purchases of a till's CSV. Started again, it goes on where it was broken off."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="CSV: one line per purchase, or one per item with a receipt's lines together"
        )
        parser.add_argument("--merchant", required=True, help="mer_…")
        parser.add_argument("--location", help="loc_…: where all of it was sold")
        fields = ", ".join([*till_columns.NAMES, till_columns.IGNORE])
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help=f"what a column is: {fields}"
        )
        parser.add_argument(
            "--create-members", action="store_true", help="whoever is not found becomes a member"
        )
        parser.add_argument(
            "--receipts-per-day", action="store_true", help="the till counts from 1 every day"
        )
        parser.add_argument("--dry-run", action="store_true", help="look at everything, store nothing")
        parser.add_argument("--chunk", type=int, default=importing.CHUNK, help="receipts in one transaction")
        parser.add_argument(
            "--problems", help="where to list what was not taken (default: FILE.problems.csv)"
        )

    def handle(self, *args, file, **options):
        try:
            merchant, location = _whose(options["merchant"], options["location"])
            till_file = till_files.look(file, _chosen(options["map"]))
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        if options["chunk"] < 1:
            raise CommandError("A chunk has at least one receipt.")
        self._tell_columns(till_file)
        reader = till_receipts.Reader(
            columns=till_file.columns, mark=till_file.mark, timezone=merchant.timezone,
            exponent=money.exponent(merchant.currency), per_day=options["receipts_per_day"],
        )  # fmt: skip
        chunks = importing.run(
            merchant, reader.read(till_file.lines()), location=location, chunk=options["chunk"],
            create_members=options["create_members"], dry_run=options["dry_run"],
        )  # fmt: skip
        outcome = self._follow(chunks, till_file)
        problems_path = options["problems"] or f"{file}.problems.csv"
        self._tell_outcome(outcome, options["dry_run"])
        self._tell_problems(outcome.problems, problems_path, till_file.delimiter)

    def _tell_columns(self, till_file):
        kinds = {"\t": "tab"}
        self.stdout.write(
            f"{till_file.path}: {till_file.encoding.removesuffix('-sig')}, separated by"
            f" {kinds.get(till_file.delimiter, till_file.delimiter)}, cents after {till_file.mark}; columns: "
            + ", ".join(
                f"{n + 1} {name}" for name, n in sorted(till_file.columns.items(), key=lambda pair: pair[1])
            )
        )

    def _follow(self, chunks, till_file):
        started, outcome = time.monotonic(), importing.Outcome()
        try:
            for outcome in chunks:
                self._progress(outcome, till_file, time.monotonic() - started)
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped after {outcome.read:,} receipts. They stay; the same command goes on from there."
            ) from None
        except Refused as refusal:
            raise CommandError(f"{refusal} {outcome.read:,} receipts before it were taken.") from None
        return outcome

    def _progress(self, outcome, till_file, seconds):
        done = till_file.position / till_file.size
        rate = outcome.read / max(seconds, 0.001)
        line = f"{outcome.read:>10,} receipts  {rate:,.0f}/s  {done:4.0%}  about {seconds / done - seconds:,.0f} s left"
        self.stdout.write(line, ending="\r" if sys.stdout.isatty() else "\n")

    def _tell_outcome(self, outcome, dry_run):
        self.stdout.write(
            f"{outcome.read:,} receipts: {outcome.recorded:,} {'would be ' if dry_run else ''}recorded, of these"
            f" {outcome.without_member:,} without a member; {outcome.repeated:,} were there already;"
            f" {outcome.joined:,} members {'would join' if dry_run else 'joined'}; {len(outcome.problems):,} problems."
        )
        if outcome.without_program:
            self.stdout.write(
                f"{outcome.without_program:,} of a member earned nothing: no program ran at their time. Give the"
                " program an earlier start before the import if they shall count."
            )
        for program, amount in outcome.given.items():
            self.stdout.write(f"{program}: {amount:,} given")

    def _tell_problems(self, problems, path, delimiter):
        if not problems:
            return
        for problem in problems[:SHOWN]:
            self.stderr.write(f"line {problem.line}: {problem.sentence}")
        try:
            _list(problems, path, delimiter)
        except OSError as error:
            raise CommandError(
                f"The list of {len(problems):,} problems could not be written: {error}"
            ) from None
        self.stderr.write(f"All {len(problems):,} problems are in {path}.")


def _list(problems, path, delimiter):
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["line", "receipt", "problem"])
        writer.writerows((problem.line, problem.receipt, problem.sentence) for problem in problems)


def _whose(merchant_id, location_id):
    merchant = Merchant.objects.filter(id=ids.parse("mer", merchant_id)).first()
    if merchant is None:
        raise CommandError(f"There is no merchant {merchant_id}.")
    with tenancy.scope(merchant):
        return merchant, Location.objects.by_public_id("loc", location_id) if location_id else None


def _chosen(maps):
    if wrong := [one for one in maps if "=" not in one]:
        raise CommandError(f"Write --map COLUMN=FIELD, not {wrong[0]}.")
    return dict(one.rsplit("=", 1) for one in maps)
