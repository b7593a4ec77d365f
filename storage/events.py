"""What can have happened: the ledger's vocabulary, past facts named noun.verb."""

from enum import StrEnum


class Event(StrEnum):
    """A fact that the ledger records; a name once used is never given another meaning."""

    REPORT_SUBMITTED = "report.submitted"
    REPORT_ADDED = "report.added"
    CASE_VIEWED = "case.viewed"
    CASE_ACKNOWLEDGED = "case.acknowledged"
    CASE_ESCALATED = "case.escalated"
    CASE_RECUSED = "case.recused"
    CASE_NOTED = "case.noted"
    CASE_TOLD = "case.told"
    CASE_EXCLUDED = "case.excluded"
    STEP_DONE = "step.done"
    STEP_WAIVED = "step.waived"
    STEP_REOPENED = "step.reopened"
    CASE_DECIDED = "case.decided"
    CASE_REFERRED = "case.referred"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"
    CASE_HANDED_OVER = "case.handed_over"
    CARD_SENT = "card.sent"
    CARD_FAILED = "card.failed"
    RECEIPT_SENT = "receipt.sent"
    EVIDENCE_FETCHED = "evidence.fetched"
    EVIDENCE_FAILED = "evidence.failed"
    EVIDENCE_VIEWED = "evidence.viewed"
    LINK_MADE = "link.made"
    LINK_USED = "link.used"
    PASSPHRASE_SET = "passphrase.set"  # noqa: S105 - an event, no secret
    PASSPHRASE_FAILED = "passphrase.failed"  # noqa: S105 - as above
    PASSPHRASE_RESET = "passphrase.reset"  # noqa: S105 - as above
    PEOPLE_APPLIED = "people.applied"
    ROLE_APPOINTED = "role.appointed"
    ROLE_ENDED = "role.ended"
    MANAGER_SET = "manager.set"
    ACCOUNT_CHANGED = "account.changed"
    ABSENCE_SET = "absence.set"
    PERSON_INVITED = "person.invited"
    REPORTER_WARNED = "reporter.warned"
    OPERATOR_ALARMED = "operator.alarmed"
    CHECKPOINT_MADE = "checkpoint.made"
    ACCESS_REFUSED = "access.refused"
    SUBMISSION_KEPT = "submission.kept"
    SUBMISSION_RETRIED = "submission.retried"
