"""Lists for one person at a time: from memory where nothing has changed, and logged when they are made."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from recommender.policy import Policy
from service.c_library import without_slack
from service.decision_log import DecisionLog
from service.decisions import list_decision, policy_text, ranking_decision
from service.list_items import ListFilter
from service.lookup import Listed, Person, gap_document, list_person, recommendation_document
from service.pipeline import Office
from service.snapshot import Snapshot, Snapshots, person_in
from service.storage.database import Database
from service.storage.decisions import LoggedDecision, new_decision_id
from service.storage.engine import transaction
from service.storage.history import last_change
from service.storage.people import EMPLOYEE, person_version
from service.storage.watch import ChangeWatch, Versions
from service.wording import Wording
from training_catalog.errors import UnknownIdError

MOST_CACHED_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for.

    Parameters
    ----------
    employee : Whose list.
    wanted : What to show of it.
    lang : Language of its sentences.
    """

    employee: str
    wanted: ListFilter
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A list as bytes.

    Parameters
    ----------
    body, etag : JSON, and its digest.
    unit : Unit of the person, which decides who may see it; empty for none.
    version : Change up to which the person's rows are known to be those in it.
    people : Last change of anybody's rows at which that was looked up.
    snapshot : Catalogue, model and day it was made from.
    """

    body: bytes
    etag: str
    unit: str
    version: int
    people: int
    snapshot: Snapshot


class Answers:
    """The lists that were made, as long as they are true.

    Parameters
    ----------
    database, snapshots, watch : Rows, everything in memory, and what has changed.
    policy : Rules of lists.
    log : Takes the decision of each list that is made.
    """

    def __init__(self, database: Database, snapshots: Snapshots, watch: ChangeWatch, policy: Policy,
                 log: DecisionLog) -> None:  # fmt: skip
        self.database, self.snapshots, self.watch, self.policy, self.log = database, snapshots, watch, policy, log
        self._policy_text = policy_text(policy)
        self._lock = threading.Lock()
        self._made: OrderedDict[Question, Answer] = OrderedDict()
        self._n_bytes = 0
        self._made_from: Snapshot | None = None

    def at_hand(self, question: Question, versions: Versions) -> Answer | None:
        """Return an answer that is true without a look at any row; None where one has to be looked up or made."""
        made = self._made.get(question)
        if made is None or made.people != versions.people or self.snapshots.ready(versions) is not made.snapshot:
            return None
        return made

    def at_once(self, question: Question, author: str, versions: Versions) -> Answer | None:
        """Return an answer that takes a moment to make, and waits for nobody; None where one has to be waited for."""
        snapshot = self.snapshots.ready(versions)
        if snapshot is None or versions.people > snapshot.office.change or not self.log.has_room:
            return None
        row = snapshot.row_of(question.employee)
        listed = None if row is None else snapshot.listed_at_hand(row)
        if listed is None:
            return None
        change = snapshot.office.change
        self._forget_all_but(snapshot)
        return self._keep(question, self._make(snapshot, listed, question, author, (change, change, versions)))

    def answer(self, question: Question, author: str) -> Answer:
        """Return a list, made now where the one at hand is not true any more.

        Raises
        ------
        UnknownIdError
            When nobody of that number is on file.
        """
        versions = self.watch.look()
        ready = self.at_hand(question, versions)
        if ready is not None:
            return ready
        snapshot = self.snapshots.current(versions)
        self._forget_all_but(snapshot)
        change = snapshot.office.change
        if versions.people <= change:  # nobody's rows have changed since: no look at the database
            row = snapshot.row_of(question.employee)
            if row is None:
                raise UnknownIdError(EMPLOYEE, question.employee)
            made = self._make(snapshot, snapshot.listed(row), question, author, (change, change, versions))
            return self._keep(question, made)
        return self._looked_up(question, author, snapshot, versions)

    def _looked_up(self, question: Question, author: str, snapshot: Snapshot, versions: Versions) -> Answer:
        """Return a list of somebody whose rows may have changed since the snapshot."""
        with transaction(self.database.engine) as connection:
            made, last = self._made.get(question), person_version(connection, question.employee)
            if made is not None and made.snapshot is snapshot and last is not None and last <= made.version:
                return self._keep(question, replace(made, people=versions.people))
            person, version = person_in(snapshot, self.database, connection, question.employee)
            change = last_change(connection)
        made_now = self._make(snapshot, self._listed(snapshot, person), question, author, (version, change, versions))
        return self._keep(question, made_now)

    def _listed(self, snapshot: Snapshot, person: Person) -> Listed:
        """Make a person's list, or find it beside those of others."""
        if person.row is not None:
            return snapshot.listed(person.row)
        return list_person(person, self.policy, snapshot.background, snapshot.day, snapshot.blocks.faces)

    def list_now(self, employee: str) -> Listed:
        """Return a person's list before it is worded; it is not served, and is in no log.

        Raises
        ------
        UnknownIdError
            When nobody of that number is on file.
        """
        snapshot = self.snapshots.current(self.watch.look())
        with transaction(self.database.engine) as connection:
            person, _ = person_in(snapshot, self.database, connection, employee)
        return self._listed(snapshot, person)

    def _make(self, snapshot: Snapshot, listed: Listed, question: Question, author: str,
              seen: tuple[int, int, Versions]) -> Answer:  # fmt: skip
        """Word a list and hand its decision over; `seen` is up to where the person, the database and all were read."""
        version, change, versions = seen
        made = recommendation_document(listed, question.wanted, Wording(question.lang))
        document: dict[str, Any] = {"list": new_decision_id(), **made}
        office = replace(listed.office, change=change)
        decision = list_decision(office, document, question.wanted, self._policy_text, snapshot.office.change)
        entry = LoggedDecision(decision=document["list"], made_at=self.database.clock(), author=author,
                               content=decision)  # fmt: skip
        self.log.put(entry)
        body = without_slack(msgspec.json.encode(document))
        return Answer(body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"', version=version,
                      people=versions.people, snapshot=snapshot, unit=listed.unit)  # fmt: skip

    def log_ranking(self, snapshot: Snapshot, office: Office, document: dict[str, Any], trainings: list[str],
                    author: str) -> None:  # fmt: skip
        """Hand over the decision of a ranking for somebody on file, so that feedback joins to it.

        Parameters
        ----------
        snapshot, office : What it was made with: everybody's records, and the person's own, as of the change it knew.
        document, trainings : What was answered, and the candidates as they were asked for.
        author : Who asked.
        """
        made = ranking_decision(office, document, trainings, self._policy_text, snapshot.office.change)
        self.log.put(LoggedDecision(decision=document["list"], made_at=self.database.clock(), author=author,
                                    content=made))  # fmt: skip

    def gaps(self, employee: str, lang: str) -> tuple[dict[str, Any], str]:
        """Return a person's gaps, and their unit."""
        snapshot = self.snapshots.current(self.watch.look())
        with transaction(self.database.engine) as connection:
            person, _ = person_in(snapshot, self.database, connection, employee)
        return gap_document(person, self.policy, Wording(lang)), person.unit

    def _forget_all_but(self, snapshot: Snapshot) -> None:
        """Forget the lists of an earlier snapshot: they are no longer true, and would hold it in memory."""
        with self._lock:
            if snapshot is not self._made_from:
                self._made.clear()
                self._n_bytes, self._made_from = 0, snapshot
                self.snapshots.tidy()

    def _keep(self, question: Question, answer: Answer) -> Answer:
        with self._lock:
            if answer.snapshot is not self._made_from:  # another request has found a newer one meanwhile
                return answer
            old = self._made.pop(question, None)
            self._n_bytes += len(answer.body) - (0 if old is None else len(old.body))
            self._made[question] = answer
            while self._n_bytes > MOST_CACHED_BYTES:
                self._n_bytes -= len(self._made.popitem(last=False)[1].body)
        return answer
