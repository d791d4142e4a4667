"""Stand-ins for the systems that files are imported into: what an import creates, updates, empties and lifts.

Each behaves as its documentation or its code says; where that is open, as is worst for a person who opted out.
"""

import csv
import io

from leadqual.systems.system_file import SYSTEMS

YES = {"true", "1", "on", "yes"}
NO = {"false", "0", "off", "no", ""}
DESTINATIONS = tuple(name for name, system in SYSTEMS.items() if system.destination)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class StandIn:
    """A system that holds people by their address, each with whether they opted out.

    It needs the columns of *needs*, and has an opt-out in each column of *lists*.
    """

    needs = ()
    email = "Email"
    lists = ()
    sets = YES
    lifts = frozenset({"false", "0", "no"})

    def __init__(self, people=()):
        self.opted_out = {address.casefold(): True for address in people}
        self.refused = []
        self.created = 0

    def contactable(self, address):
        """Return whether somebody would be written to; a person who is not there would not."""
        return self.opted_out.get(address.casefold()) is False

    def load(self, text):
        """Import a file of contacts."""
        for row in rows_of(text):
            self.take(row)

    def load_opt_outs(self, text):
        """Import a file of people who opted out, as the note of the destination says."""
        self.load(text)

    def take(self, row):
        address = row.get(self.email, "").casefold()
        there = bool(address) and address in self.opted_out
        if not there and not all(any(row.get(name) for name in group) for group in self.needs):
            self.refused.append(row)
            return
        self.created += not there
        if address:
            self.opted_out.setdefault(address, False)
            for name in set(self.lists) & row.keys():
                self.set(address, row[name].casefold())

    def set(self, address, word):
        if word in self.sets:
            self.opted_out[address] = True
        elif word in self.lifts:
            self.opted_out[address] = False


class HubSpot(StandIn):
    needs = (("Email", "First Name", "Last Name"),)

    def load_opt_outs(self, text):
        self.opted_out |= {row["Email"].casefold(): True for row in rows_of(text) if row["Email"]}


class Salesforce(StandIn):
    needs = (("LastName",), ("Company",))
    lists = ("HasOptedOutOfEmail", "DoNotCall")


class Zoho(StandIn):
    needs = (("Last Name",), ("Company",))
    lists = ("Email Opt Out",)
    sets = frozenset({"true", "1"})
    lifts = frozenset({"false", "0", ""})


class Mautic(StandIn):
    email = "email"
    lists = ("doNotEmail",)
    lifts = NO

    def load(self, text):
        # The file is read line by line, and each line parsed alone.
        lines = text.splitlines()
        names = next(csv.reader(lines[:1]))
        for line in lines[1:]:
            cells = next(csv.reader([line]))
            self.take(dict(zip(names, cells, strict=False)))


class Odoo(StandIn):
    needs = (("Opportunity",),)

    def load_opt_outs(self, text):
        self.opted_out |= {row["email"].casefold(): True for row in rows_of(text) if row["email"]}


class Dynamics(StandIn):
    needs = (("lastname",), ("subject",))
    email = "emailaddress1"
    lists = ("donotemail", "donotbulkemail", "donotphone", "donotpostalmail", "donotfax")
    sets = frozenset({"1", "do not allow"})
    lifts = frozenset({"0", "allow", ""})


class Pipedrive(StandIn):
    needs = (("Person - Name",),)
    email = "Person - Email"
    lists = ("Person - Marketing status",)
    sets = frozenset({"unsubscribed", "archived"})
    lifts = frozenset({"subscribed", "no_consent", ""})


STAND_INS = {
    "hubspot": HubSpot,
    "salesforce": Salesforce,
    "zoho": Zoho,
    "mautic": Mautic,
    "odoo": Odoo,
    "dynamics": Dynamics,
    "pipedrive": Pipedrive,
}
# What the destinations need and no contact has.
FILLS = {
    "salesforce": {"Company": "Private"},
    "zoho": {"Company": "Private"},
    "odoo": {"Opportunity": "Lead"},
    "dynamics": {"subject": "Lead"},
}
