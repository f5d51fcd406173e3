"""The people who sign the records: users, their profiles, and duty rosters.

Belongs here: the staff as a function of scenario and infrastructure, and the user id that signs a record of a container
on a day. Does not belong here: the signed records.

The staff is a fish health team for each geography, a crew for each freshwater station and each sea area, managers,
quality, finance and guests. Every user has role, geography and subsidiary as in AquaMind. Login is impossible until an
administrator sets a password.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import master_day
from aquamind_assets.records.users.person_names import FAROESE, NORWEGIAN, SCOTTISH, NameList, user_names
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import ByName, Key
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrow_row_ids, row_ids

STATION_CREW = 3
"""Operators of a freshwater station; each is on duty for a week in turn."""

AREA_CREW = 2
"""Operators of a sea area; each is on duty for a week in turn."""

SITES_PER_VET = 10
"""Number of stations and areas per veterinarian; a geography has at least two veterinarians."""

_NAMES = {"FO": FAROESE, "SC": SCOTTISH, "NO": NORWEGIAN}
"""Names by the code of a geography; elsewhere people have names of the last two lists."""
_ELSEWHERE = NameList(SCOTTISH.given + NORWEGIAN.given, SCOTTISH.family + NORWEGIAN.family)
_LANGUAGES = {"FO": "fo", "SC": "en"}
_PHONES = {"FO": "+298", "SC": "+44", "NO": "+47", "CL": "+56", "CA": "+1", "IS": "+354", "IE": "+353", "AU": "+61"}
_KNOWN_CODES = ("FO", "SC")
"""Geographies that AquaMind knows for its users; all others are of ``ALL``."""


@dataclass(frozen=True)
class Person:
    """A member of staff without a name; ``geography`` is a row in Geographies, or -1 for the whole company."""

    role: str
    geography: int
    subsidiary: str
    title: str
    department: str


@dataclass(frozen=True)
class Staff:
    """All people and their duties.

    Attributes:
        people: in the order of their ids.
        keys: what keys the draws about each: the post, and its number among equal posts.
        user_id: id of each, shape (people,).
        crew_first: position in ``people`` of the first operator of each site, shape (sites,).
        crew_size: operators of each site, shape (sites,).
    """

    scenario: Scenario
    infrastructure: Infrastructure
    people: tuple[Person, ...]
    keys: tuple[tuple[Key, ...], ...]
    user_id: np.ndarray
    crew_first: np.ndarray
    crew_size: np.ndarray

    def vets(self, geography: np.ndarray, key: np.ndarray) -> np.ndarray:
        """Return the user id of a veterinarian of each geography. ``key`` (such as a batch id) selects the
        veterinarian, so that a batch keeps the same one."""
        return self._one_of("VET", geography, key)

    def managers(self, geography: np.ndarray, key: np.ndarray) -> np.ndarray:
        """Return the user id of a manager of each geography, selected by ``key``."""
        return self._one_of("MGR", geography, key)

    def controllers(self, geography: np.ndarray, key: np.ndarray) -> np.ndarray:
        """Return the user id of a controller of each geography, selected by ``key``."""
        return self._one_of("FIN", geography, key)

    def operators(self, container: np.ndarray, day: np.ndarray, shift: np.ndarray | int = 0) -> np.ndarray:
        """Return the user id of the operator on duty at each container on each day; ``shift`` 0, 1, ... selects the
        next ones of the crew."""
        return self.site_operators(self.infrastructure.containers.site[container], day, shift)

    def site_operators(self, site: np.ndarray, day: np.ndarray, shift: np.ndarray | int = 0) -> np.ndarray:
        """Return the user id of the operator on duty at each site on each day."""
        turn = (np.asarray(day, dtype=np.int64) // 7 + shift) % self.crew_size[site]
        return self.user_id[self.crew_first[site] + turn]

    def _one_of(self, role: str, geography: np.ndarray, key: np.ndarray) -> np.ndarray:
        first, count = self._posts[role]
        geography = np.asarray(geography, dtype=np.int64)
        return self.user_id[first[geography] + _drawn_post(np.asarray(key, dtype=np.int64), count[geography])]

    @cached_property
    def _posts(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return the first position and the number of the veterinarians, managers and controllers of each geography."""
        posts = {}
        for role in ("VET", "MGR", "FIN"):
            where = [
                [i for i, one in enumerate(self.people) if (one.role, one.geography) == (role, geography)]
                for geography in range(len(self.scenario.farm.geographies))
            ]
            posts[role] = (np.array([found[0] for found in where]), np.array([len(found) for found in where]))
        return posts


def staff(scenario: Scenario, infrastructure: Infrastructure) -> Staff:
    """Return all people who work on the farm."""
    people = _headquarters()
    crews: dict[tuple[str, int], int] = {}
    for geography in range(len(scenario.farm.geographies)):
        stations = np.flatnonzero(infrastructure.stations.geography == geography)
        areas = np.flatnonzero(infrastructure.areas.geography == geography)
        people += _team(geography, len(stations), len(areas))
        for station in stations:
            crews["station", int(station)] = len(people)
            people += [
                Person("OPR", geography, "FW", "Hatchery Operator", f"Station {infrastructure.stations.name[station]}")
            ] * STATION_CREW
        for area in areas:
            crews["area", int(area)] = len(people)
            people += [
                Person("OPR", geography, "FM", "Sea Site Operator", f"Area {infrastructure.areas.name[area]}")
            ] * AREA_CREW
    sites = infrastructure.sites
    at_sea = sites.area >= 0
    first = [
        crews["area", int(area)] if area >= 0 else crews["station", int(infrastructure.halls.station[hall])]
        for area, hall in zip(sites.area, sites.hall, strict=True)
    ]
    return Staff(
        scenario=scenario,
        infrastructure=infrastructure,
        people=tuple(people),
        keys=_keys(scenario, people),
        user_id=narrow_row_ids(np.full(len(people), master_day(scenario)), np.arange(len(people))),
        crew_first=np.array(first, dtype=np.int64),
        crew_size=np.where(at_sea, AREA_CREW, STATION_CREW),
    )


def _keys(scenario: Scenario, people: list[Person]) -> tuple[tuple[Key, ...], ...]:
    equal: dict[Person, int] = {}
    keys = []
    for one in people:
        number = equal[one] = equal.get(one, -1) + 1
        place = scenario.farm.geographies[one.geography].name if one.geography >= 0 else ""
        keys.append((place, one.department, one.title, one.subsidiary, number))
    return tuple(keys)


def _drawn_post(key: np.ndarray, posts: np.ndarray) -> np.ndarray:
    """One of each number of ``posts`` for each ``key``, int64 (n,): the post with the highest hash of post and key, so
    that a further post takes only the keys it wins.

    The hash is the finalizer of SplitMix64 (Steele et al. 2014).
    """
    best, chosen = np.zeros(key.shape, dtype=np.uint64), np.zeros(key.shape, dtype=np.int64)
    for post in range(int(posts.max(initial=0))):
        hashed = key.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15 * (post + 1) % 2**64)
        hashed = (hashed ^ (hashed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        hashed = (hashed ^ (hashed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        hashed ^= hashed >> np.uint64(31)
        wins = (post < posts) & (hashed > best)
        best, chosen = np.where(wins, hashed, best), np.where(wins, post, chosen)
    return chosen


def _headquarters() -> list[Person]:
    return [
        Person("ADMIN", -1, "ALL", "System Administrator", "IT"),
        Person("ADMIN", -1, "ALL", "Data Engineer", "IT"),
        Person("MGR", -1, "ALL", "Chief Operating Officer", "Management"),
        Person("QA", -1, "ALL", "Head of Quality", "Quality Assurance"),
        Person("FIN", -1, "ALL", "Finance Director", "Finance"),
        Person("FIN", -1, "ALL", "Feed Purchaser", "Finance"),
        Person("VIEW", -1, "ALL", "External Auditor", "Guests"),
    ]


def _team(geography: int, stations: int, areas: int) -> list[Person]:
    """Yield the people of a geography who are not in a crew."""
    vets = max(2, -(-(stations + areas) // SITES_PER_VET))
    sea_managers = max(1, -(-areas // SITES_PER_VET))
    return [
        *[Person("VET", geography, "ALL", "Fish Health Veterinarian", "Fish Health")] * vets,
        Person("MGR", geography, "FW", "Freshwater Manager", "Freshwater"),
        *[Person("MGR", geography, "FM", "Sea Site Manager", "Farming")] * sea_managers,
        Person("MGR", geography, "BS", "Broodstock Manager", "Broodstock"),
        Person("MGR", geography, "LG", "Logistics Manager", "Logistics"),
        Person("QA", geography, "FW", "Quality Officer", "Quality Assurance"),
        Person("QA", geography, "FM", "Quality Officer", "Quality Assurance"),
        Person("FIN", geography, "ALL", "Controller", "Finance"),
        Person("OPR", geography, "BS", "Broodstock Technician", "Broodstock"),
        Person("OPR", geography, "LG", "Wellboat Coordinator", "Logistics"),
        Person("VIEW", geography, "ALL", "Research Guest", "Guests"),
    ]


def _full_names(people: Staff) -> list[tuple[str, str]]:
    """Given and family name of each: of the geography's language, the company's people of that of the geography with
    most batches."""
    specs = people.scenario.farm.geographies
    main = min(specs, key=lambda spec: (-spec.batch_share, spec.name))
    codes = [(specs[one.geography] if one.geography >= 0 else main).code for one in people.people]
    supply = {
        code: iter(
            _NAMES.get(code, _ELSEWHERE).draw(
                [keys for keys, own in zip(people.keys, codes, strict=True) if own == code], people.scenario.seed
            )
        )
        for code in set(codes)
    }
    return [next(supply[code]) for code in codes]


def users(year: YearInputs) -> Iterator[Rows]:
    """Yield ``auth_user``: all users, the same in every year."""
    people = staff(year.scenario, year.infrastructure)
    names = _full_names(people)
    logins = user_names(names)
    admin = np.array([one.role == "ADMIN" for one in people.people])
    yield rows(
        year.tables["auth_user"],
        len(people.people),
        id=people.user_id,
        password=[_unusable_password(year.scenario.seed, login) for login in logins],
        last_login=None,
        is_superuser=admin,
        username=logins,
        first_name=[given for given, _ in names],
        last_name=[family for _, family in names],
        email=[f"{login}@aquamind.example" for login in logins],
        is_staff=admin | np.array([one.role == "MGR" and one.geography < 0 for one in people.people]),
        is_active=True,
        date_joined=_joined(people),
    )


def user_profiles(year: YearInputs) -> Iterator[Rows]:
    """Yield ``users_userprofile``: one for each user."""
    scenario = year.scenario
    people = staff(scenario, year.infrastructure)
    everybody, size = people.people, len(people.people)
    codes = [scenario.farm.geographies[one.geography].code if one.geography >= 0 else "ALL" for one in everybody]
    numbers = [int(ByName(scenario.seed, "phone", *keys).uniform("number") * 10**6) for keys in people.keys]
    joined = _joined(people)
    yield rows(
        year.tables["users_userprofile"],
        size,
        id=row_ids(np.full(size, master_day(scenario)), np.arange(size)),
        user_id=narrow_row_ids(np.full(size, master_day(scenario)), np.arange(size)),
        profile_picture=None,
        full_name=[f"{given} {family}" for given, family in _full_names(people)],
        phone=[f"{_PHONES.get(code, '+298')} {number:06}" for code, number in zip(codes, numbers, strict=True)],
        job_title=[one.title for one in everybody],
        department=[one.department for one in everybody],
        geography=[code if code in _KNOWN_CODES else "ALL" for code in codes],
        subsidiary=[one.subsidiary for one in everybody],
        role=[one.role for one in everybody],
        language_preference=[_LANGUAGES.get(code, "en") for code in codes],
        date_format_preference="DMY",
        created_at=joined,
        updated_at=joined,
    )


def _joined(people: Staff) -> np.ndarray:
    """Accounts are opened on the first morning, over three hours."""
    minutes = [int(180 * ByName(people.scenario.seed, "account", *keys).uniform("minute")) for keys in people.keys]
    return master_day(people.scenario) * MICROSECONDS_PER_DAY + 6 * HOUR + np.array(minutes) * (HOUR // 60)


def _unusable_password(seed: int, login: str) -> str:
    """Return an unusable password in Django's format: an exclamation mark and forty characters that match no hash."""
    return "!" + hashlib.blake2b(f"{seed}/{login}".encode(), digest_size=20).hexdigest()
