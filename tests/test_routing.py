"""Every cell of the five policies' table, and every rule of the floor, as `lanyard route` prints them."""

import json
from importlib.resources import files

import pytest
import typer
from typer.testing import CliRunner

from bot.route_command import route_command
from workflows.packs import all_packs, load_floor, load_pack, read_pack
from workflows.routing import Cast, Facts, route, rungs_after, shut_out

NOT_BY_STAFF = ("pupil", "parent", "outsider", "unknown")

# Headings in full; the table below shortens them.
HEADINGS = {
    "Communicating…": "Communicating with children and their families",
    "Official…": "Official use of social media",
    "Responding…": "Responding to policy breaches",
    "Children…": "Children's use of social media",
    "General…": "General social media expectations",
    "Responsibilities…": "Responsibilities when using social media",
    "Images 7.1…": "Access to inappropriate images 7.1",
    "Rules…": "Rules and Responsibilities",
    "Cyberbullying…": "Cyberbullying and Trolling",
}

# Written by hand from the policies' table.  type / who did it (* = anybody but a colleague) / places.
TABLE = {
    "oak-trees": """
        pupil_contact / * / lead headteacher clause §4, §6
        parent_contact / * / lead headteacher default 2.4, §4
        cyberbullying / pupil / lead dsl clause §8 / informed headteacher clause 2.4
        cyberbullying / colleague / lead headteacher clause §8, §10
        cyberbullying / parent / lead headteacher clause 2.4, §5
        cyberbullying / outsider / lead headteacher default default
        cyberbullying / unknown / lead headteacher default default
        pupil_concern / * / lead dsl clause §8
        colleague_concern / * / lead headteacher clause §8
        colleague_concern / colleague / lead headteacher clause §8
        head_concern / * / lead chair_of_governors clause §8
        indecent_images / pupil / lead dsl clause §8 / informed headteacher clause §8
        indecent_images / parent / lead headteacher clause §8 / informed dsl clause §8
        indecent_images / outsider / lead headteacher clause §8 / informed dsl clause §8
        indecent_images / unknown / lead headteacher clause §8 / informed dsl clause §8
        indecent_images / colleague / lead headteacher clause §8 / informed dsl clause §8
        adult_material / * / lead headteacher clause §8
        adult_material / colleague / lead headteacher clause §8
        radicalisation / * / lead dsl floor floor 1
        inappropriate_content / * / lead ict clause §9
        reputation / pupil / lead headteacher clause 2.4 / informed social_media clause 2.7
        reputation / parent / lead headteacher clause 2.4 / informed social_media clause 2.7
        reputation / outsider / lead headteacher default default / informed social_media clause 2.7
        reputation / unknown / lead headteacher default default / informed social_media clause 2.7
        reputation / colleague / lead headteacher clause §8
        official_account / * / lead social_media clause 2.7
        data_breach / * / lead dpo default default / informed headteacher clause 2.4, 2.2
        policy_breach / * / lead headteacher clause 2.4
        policy_breach / colleague / lead headteacher clause 2.4
        self_report / * / lead headteacher floor floor 5
    """,
    "moston-lane": """
        pupil_contact / * / lead headteacher clause Responsibilities…
        parent_contact / * / lead headteacher clause Responsibilities…
        cyberbullying / pupil / lead headteacher clause Cyberbullying… / informed dsl floor floor 1
        cyberbullying / colleague / lead headteacher clause Cyberbullying…
        cyberbullying / parent / lead headteacher clause Cyberbullying…
        cyberbullying / outsider / lead headteacher clause Cyberbullying…
        cyberbullying / unknown / lead headteacher clause Cyberbullying…
        pupil_concern / * / lead headteacher clause Responsibilities… / informed dsl floor floor 1
        colleague_concern / * / lead headteacher clause Rules…
        head_concern / * / lead chair_of_governors floor floor 3
        indecent_images / * / lead headteacher clause Images 7.1… / informed dsl floor floor 1
        adult_material / * / lead headteacher clause 7.4
        radicalisation / * / lead headteacher clause The Prevent Duty / informed dsl clause The Prevent Duty
        inappropriate_content / * / lead headteacher clause 7.3
        reputation / * / lead headteacher clause Rules…
        official_account / * / lead headteacher clause Responsibilities…
        data_breach / * / lead headteacher clause Responsibilities… / informed dpo default default
        policy_breach / * / lead headteacher clause Responsibilities…
        self_report / * / lead headteacher clause Responsibilities…
    """,
    "whinless-down": """
        pupil_contact / * / choose-by Communicating…
        parent_contact / * / choose-by Communicating…
        cyberbullying / pupil / lead dsl clause Children… / informed headteacher clause Responding…
        cyberbullying / colleague / lead headteacher clause General…
        cyberbullying / parent / lead headteacher clause Responding…
        cyberbullying / outsider / lead headteacher clause Responding…
        cyberbullying / unknown / lead headteacher clause Responding…
        pupil_concern / * / lead dsl clause Children…
        colleague_concern / * / lead headteacher clause General…
        head_concern / * / lead chair_of_governors floor floor 3
        indecent_images / * / lead dsl clause Children… / informed headteacher clause Responding…
        adult_material / * / lead headteacher clause General…
        radicalisation / pupil / lead dsl clause Children…
        radicalisation / unknown / lead dsl clause Children…
        radicalisation / parent / lead dsl floor floor 1
        radicalisation / outsider / lead dsl floor floor 1
        inappropriate_content / * / lead headteacher clause Responding… / informed ict default default
        reputation / * / lead headteacher clause Responding… / informed leadership_team clause Reputation
        official_account / * / choose-by Official…
        data_breach / * / lead headteacher clause Responding… / informed dpo default default
        policy_breach / * / lead headteacher clause Responding…
        self_report / * / lead headteacher floor floor 5
    """,
    "king-offa": """
        pupil_contact / * / nobody
        parent_contact / * / lead headteacher default 6.4
        cyberbullying / pupil / lead dsl floor floor 1
        cyberbullying / colleague / lead headteacher floor floor 3
        cyberbullying / parent / lead headteacher default default
        cyberbullying / outsider / lead headteacher default default
        cyberbullying / unknown / lead headteacher default default
        pupil_concern / * / lead dsl floor floor 1
        colleague_concern / * / lead headteacher floor floor 3
        head_concern / * / lead chair_of_governors floor floor 3
        indecent_images / * / lead dsl floor floor 1
        adult_material / * / lead headteacher floor floor 3
        radicalisation / * / lead dsl floor floor 1
        inappropriate_content / * / lead headteacher default default / informed ict default default
        reputation / * / lead headteacher default default
        official_account / * / lead social_media default A.5.3–A.5.5
        data_breach / * / lead headteacher default 3.1, 9.2 / informed dpo default default
        policy_breach / * / lead headteacher default default
        self_report / * / lead headteacher floor floor 5
    """,
    "arthur-terry": """
        pupil_contact / * / lead headteacher clause 6.6
        parent_contact / * / lead headteacher clause 6.6
        cyberbullying / pupil / lead dsl default 9.2
        cyberbullying / colleague / lead headteacher floor floor 3
        cyberbullying / parent / lead headteacher default default
        cyberbullying / outsider / lead headteacher default default
        cyberbullying / unknown / lead headteacher default default
        pupil_concern / * / lead dsl floor floor 1
        colleague_concern / * / lead headteacher floor floor 3
        head_concern / * / lead chair_of_governors floor floor 3 / informed chief_executive default 1.1
        indecent_images / * / lead headteacher clause 6.16 / informed dsl floor floor 1
        adult_material / * / lead headteacher clause 6.16
        radicalisation / * / lead dsl floor floor 1
        inappropriate_content / * / lead ict clause 8.3 / informed headteacher clause 6.16
        reputation / * / lead headteacher default 1.4 / informed chief_executive default 1.1
        official_account / * / lead social_media clause 6.2 / informed headteacher default 1.4
        data_breach / * / lead headteacher default 6.10 / informed dpo default default
        policy_breach / * / lead headteacher default 1.4
        self_report / * / lead headteacher floor floor 5
    """,
}  # fmt: skip
CELLS = [
    (pack, *(part.strip() for part in line.split(" / ", 2)))
    for pack, lines in TABLE.items()
    for line in lines.strip().splitlines()
]


def simulate(*words: str) -> dict[str, object]:
    """What `lanyard route … --json` prints."""
    app = typer.Typer()
    app.command()(route_command)
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def asked(line: str) -> dict[str, object]:
    """`simulate` from a line: policy, type, then the options as one would type them."""
    policy, report, *options = line.split()
    return simulate("--policy", policy, "--report", report, *options)


def in_full(line: str) -> str:
    """Headings in full; `choose-by X` is whinless-down's choice of three under that heading."""
    if line.startswith("choose-by "):
        why = line.removeprefix("choose-by ")
        line = " / ".join(f"choice {role} clause {why}" for role in ("line_manager", "dsl", "headteacher"))
    for short, heading in HEADINGS.items():
        line = line.replace(short, heading)
    return line


def places(route: dict[str, object]) -> list[str]:
    return ["{part} {role} {source} {why}".format(**place) for place in route["recipients"]]


def told(line: str) -> list[str]:
    """Who gets what: `part person`, and `as role` where that differs."""
    return [
        f"{p['part']} {p['person']}" + (f" as {p['role']}" if p["role"] != p["person"] else "")
        for p in asked(line)["recipients"]
    ]


def kept_out(line: str) -> dict[str, str]:
    return {kept["person"]: kept["why"] for kept in asked(line)["excluded"]}


def step_ids(line: str) -> list[str]:
    return [step["id"] for step in asked(line)["steps"]]


@pytest.mark.parametrize(("pack", "report", "by", "expected"), CELLS)
def test_each_cell_of_the_table_goes_where_the_policy_says(pack, report, by, expected):
    wanted = [] if expected == "nobody" else in_full(expected).split(" / ")
    for who in NOT_BY_STAFF if by == "*" else (by,):
        assert places(asked(f"{pack} {report} --by {who}")) == wanted, who


def test_the_table_above_leaves_no_cell_out():
    floor = load_floor()
    cells = {(pack, report, who) for pack, report, by, _ in CELLS for who in (NOT_BY_STAFF if by == "*" else (by,))}
    assert {(p, t, by) for p in all_packs() for t in floor.types for by in NOT_BY_STAFF} <= cells


def test_the_example_of_the_policies_page_is_printed_to_the_letter():
    assert asked("oak-trees cyberbullying --by pupil --harmed staff") == {
        "report": "cyberbullying",
        "policy": "oak-trees",
        "class": "day",
        "recipients": [
            {"person": "dsl", "role": "dsl", "part": "lead", "source": "clause", "why": "§8"},
            {
                "person": "headteacher",
                "role": "headteacher",
                "part": "informed",
                "source": "clause",
                "why": "2.4",
            },
        ],
        "excluded": [],
        "outside": [],
        "steps": [],
    }


def test_a_bullied_colleague_at_arthur_terry_is_supported_by_their_line_manager():
    for by in load_floor().words.by:
        assert "support line_manager" in told(f"arthur-terry cyberbullying --by {by} --harmed staff")
    assert "support line_manager" not in told("arthur-terry cyberbullying --by pupil --harmed pupil")


def test_an_adult_drawn_into_terrorism_is_the_floors_case_at_whinless_down():
    assert places(asked("whinless-down radicalisation --harmed staff")) == ["lead dsl floor floor 1"]


# ——— rule 2: a subject never knows


@pytest.mark.parametrize("pack", all_packs())
@pytest.mark.parametrize("report", load_floor().types)
def test_no_holder_of_a_role_hears_of_a_report_about_themselves(pack, report):
    for role in load_pack(pack).cast:
        assert not any(f" {role}" in place for place in told(f"{pack} {report} --about {role} --harmed pupil")), role


def test_someone_with_two_roles_loses_both():
    assert told("oak-trees cyberbullying --by pupil --same dsl=headteacher --about headteacher") == [
        "lead chair_of_governors"
    ]
    assert "informed dpo" not in told("moston-lane data_breach --same dpo=ict --about ict")


def test_subjects_are_listed_as_kept_out_by_rule_two():
    assert kept_out("oak-trees policy_breach --about caretaker --about ict") == {
        "caretaker": "floor 2",
        "ict": "floor 2",
    }


def test_a_report_on_oneself_is_kept_from_its_reporter():
    assert kept_out("king-offa self_report") == {"teacher": "floor 2"}
    assert told("king-offa self_report --reporter headteacher") == ["lead chair_of_governors"]
    assert asked("king-offa self_report --reporter headteacher")["report"] == "head_concern"


def people_of(pack, **changed):
    """A school of the pack in which each role is one person of its name."""
    return {role: (role,) for role in load_pack(pack).cast} | changed


def routed(pack, facts, holders=None, **cast):
    school = Cast(holders or people_of(pack), **cast)
    return [(p.part, p.person) for p in route(load_pack(pack), load_floor(), school, facts).recipients]


def test_a_report_on_oneself_is_about_the_office_even_where_the_school_holds_it_empty():
    head = "oak-trees self_report --reporter headteacher --vacant headteacher"
    assert told(head) == ["lead chair_of_governors"]
    assert kept_out("oak-trees self_report --reporter dsl --vacant dsl") == {"dsl": "floor 2", "deputy_dsl": "floor 3"}


def test_somebody_close_to_a_subject_is_kept_out_and_their_deputy_gets_nothing():
    facts = Facts("cyberbullying", by="pupil", close=frozenset({"dsl"}))
    found = route(load_pack("oak-trees"), load_floor(), Cast(people_of("oak-trees")), facts)
    assert [(p.part, p.person, p.why) for p in found.recipients] == [("lead", "headteacher", "floor 4")]
    assert found.steps[0].must
    assert shut_out(load_pack("oak-trees"), load_floor(), Cast(people_of("oak-trees")), facts) == {"dsl"}


def test_somebody_close_does_not_change_whom_the_report_is_about():
    assert routed("oak-trees", Facts("pupil_concern", close=frozenset({"headteacher"}))) == [("lead", "dsl")]


# ——— rule 3: who hears about whom


@pytest.mark.parametrize(
    ("about", "lead"),
    [
        ("caretaker", "headteacher"),
        ("ict", "headteacher"),
        ("deputy_headteacher", "headteacher"),
        ("dsl", "headteacher"),
        ("deputy_dsl", "headteacher"),
        ("headteacher", "chair_of_governors"),
        ("executive_headteacher", "chair_of_governors"),
        ("governor", "chair_of_governors"),
        ("vice_chair", "chair_of_governors"),
        ("chair_of_governors", "chief_executive"),
        ("chief_executive", "chair_of_trustees"),
        ("trustee", "chair_of_trustees"),
        ("trust_officer", "chair_of_trustees"),
    ],
)
def test_each_subject_has_somebody_above_them_who_hears(about, lead):
    assert told(f"oak-trees adult_material --about {about}")[0] == f"lead {lead}"


def test_a_report_about_the_chair_of_trustees_goes_outside():
    found = asked("oak-trees adult_material --about chair_of_trustees")
    assert (found["recipients"], found["outside"]) == ([], ["lado"])


def test_moston_lane_has_no_trust_so_its_chair_is_for_the_lado():
    found = asked("moston-lane adult_material --about chair_of_governors")
    assert (found["recipients"], found["outside"]) == ([], ["lado"])


def test_the_furthest_line_decides():
    assert told("oak-trees adult_material --about caretaker --about headteacher --about chair_of_governors") == [
        "lead chief_executive"
    ]
    assert asked("oak-trees adult_material --about chief_executive --about headteacher")["report"] == "head_concern"


def test_a_lead_that_rule_three_puts_there_says_so_and_the_dsl_comes_back_for_the_child():
    assert places(asked("oak-trees pupil_concern --about caretaker")) == [
        "lead headteacher floor floor 3",
        "informed dsl floor floor 1",
    ]


def test_a_colleague_whom_nobody_names_is_still_a_colleague():
    assert places(asked("oak-trees inappropriate_content --by colleague")) == ["lead headteacher floor floor 3"]
    assert told("whinless-down pupil_contact --by colleague") == ["lead headteacher"]
    assert kept_out("whinless-down pupil_contact --by colleague") == {}


def test_the_dpo_stays_informed_and_the_rest_of_the_office_does_not():
    assert places(asked("oak-trees data_breach --about caretaker")) == [
        "lead headteacher floor floor 3",
        "informed dpo default default",
    ]
    assert told("moston-lane data_breach --about caretaker") == ["lead headteacher", "informed dpo"]
    assert told("king-offa inappropriate_content --about caretaker") == ["lead headteacher"]
    assert told("oak-trees reputation --about caretaker") == ["lead headteacher"]
    assert told("whinless-down reputation --about caretaker") == ["lead headteacher"]
    assert told("arthur-terry reputation --about caretaker") == [
        "lead headteacher",
        "informed chief_executive",
    ]


def test_support_stays_for_a_colleague_and_falls_away_for_a_governor():
    assert "support line_manager" in told("arthur-terry cyberbullying --harmed staff --about caretaker")
    assert told("arthur-terry cyberbullying --harmed staff --about governor") == ["lead chair_of_governors"]
    assert told("arthur-terry cyberbullying --harmed staff --about headteacher") == [
        "lead chair_of_governors",
        "informed chief_executive",
    ]


def test_a_report_about_the_dsl_shuts_the_whole_team_out():
    line = "oak-trees pupil_concern --harmed pupil --about deputy_dsl"
    assert told(line) == ["lead headteacher"]
    assert kept_out(line) == {"deputy_dsl": "floor 2", "dsl": "floor 3"}
    assert step_ids(line)[0] == "who-keeps-the-child-safe"


def test_a_headteacher_who_is_also_the_dsl_still_hears_about_a_deputy_dsl():
    line = "whinless-down pupil_concern --same headteacher=dsl --about deputy_dsl"
    assert told(line) == ["lead headteacher"]
    assert kept_out(line) == {"deputy_dsl": "floor 2"}
    assert step_ids(line)[0] == "who-keeps-the-child-safe"


def test_a_concern_about_the_head_takes_the_head_concern_row_and_its_sources():
    found = asked("oak-trees cyberbullying --by pupil --about headteacher")
    assert (found["report"], places(found)) == ("head_concern", ["lead chair_of_governors clause §8"])
    assert places(asked("arthur-terry reputation --about headteacher")) == [
        "lead chair_of_governors floor floor 3",
        "informed chief_executive default 1.1",
    ]


def test_a_head_concern_is_about_the_head_whether_named_or_not():
    assert kept_out("oak-trees head_concern") == {"headteacher": "floor 2"}
    assert told("oak-trees head_concern --vacant headteacher") == ["lead chair_of_governors"]
    assert told("oak-trees head_concern --vacant headteacher --harmed pupil") == ["lead chair_of_governors"]
    assert told("whinless-down head_concern --same headteacher=dsl --harmed pupil") == ["lead chair_of_governors"]


def test_where_a_school_has_no_chair_the_chair_of_trustees_hears():
    holders = {role: people for role, people in people_of("king-offa").items() if role != "chair_of_governors"}
    assert routed("king-offa", Facts("head_concern"), holders) == [("lead", "chair_of_trustees")]
    vacant = people_of("king-offa", chair_of_governors=())
    assert routed("king-offa", Facts("head_concern"), vacant) == [("lead", "chief_executive")]


def test_where_there_is_neither_a_chair_nor_a_trust_the_vice_chair_hears():
    holders = {role: people for role, people in people_of("moston-lane").items() if role != "chair_of_governors"}
    assert routed("moston-lane", Facts("head_concern"), holders) == [("lead", "vice_chair")]


# ——— rule 1: the child


@pytest.mark.parametrize("pack", all_packs())
@pytest.mark.parametrize("report", load_floor().types)
def test_whenever_a_pupil_is_harmed_the_dsl_is_told(pack, report):
    for by in load_floor().words.by:
        line = told(f"{pack} {report} --harmed pupil --by {by}")
        assert {"lead dsl", "informed dsl"} & set(line) or report == "head_concern", by


def test_on_a_choice_the_dsl_is_told_whatever_is_picked_and_is_no_option():
    assert told("whinless-down pupil_contact --harmed pupil") == [
        "choice line_manager",
        "choice headteacher",
        "informed dsl",
    ]


def test_being_told_for_the_childs_sake_beats_being_an_option():
    assert told("whinless-down pupil_contact --harmed pupil --same headteacher=dsl") == [
        "lead line_manager",
        "informed headteacher as dsl",
    ]


def test_a_choice_of_the_dsl_alone_is_the_dsls_case_when_a_pupil_is_harmed():
    text = (files("policies") / "whinless-down.toml").read_text(encoding="utf-8")
    text = text.replace('choice = ["line_manager", "dsl", "headteacher"]', 'choice = ["dsl"]', 1)
    why = "Communicating with children and their families"
    for role in ("line_manager", "headteacher"):
        text = text.replace(f'{role} = "{why}"\n', "", 1)
    pack = read_pack(text, "whinless-down.toml", load_floor())
    facts = Facts("pupil_contact", harmed="pupil")
    found = route(pack, load_floor(), Cast(people_of("whinless-down")), facts)
    assert [(p.part, p.person, p.why) for p in found.recipients] == [("lead", "dsl", "floor 1")]


def test_where_nobody_is_named_the_dsl_leads_for_a_harmed_pupil():
    assert places(asked("king-offa pupil_contact --harmed pupil")) == ["lead dsl floor floor 1"]


def test_a_harmed_pupil_of_a_suspected_head_has_the_chair_asked_who_keeps_them_safe():
    line = "oak-trees indecent_images --about headteacher"
    assert told(line) == ["lead chair_of_governors"]
    assert step_ids(line) == ["who-keeps-the-child-safe"]
    assert step_ids("oak-trees adult_material --about headteacher") == []


def test_the_dsl_is_told_but_does_not_lead_where_the_lead_is_outside():
    found = asked("oak-trees pupil_concern --about chair_of_trustees")
    assert (places(found), found["outside"]) == (["informed dsl floor floor 1"], ["lado"])
    assert told("oak-trees pupil_concern --about governor") == ["lead chair_of_governors", "informed dsl"]


# ——— rule 4: nothing goes to nobody


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("oak-trees pupil_concern --vacant dsl", ["lead deputy_dsl"]),
        ("oak-trees pupil_concern --absent dsl --absent deputy_dsl", ["lead headteacher"]),
        ("oak-trees policy_breach --absent headteacher", ["lead deputy_headteacher"]),
        (
            "oak-trees policy_breach --vacant headteacher --vacant deputy_headteacher",
            ["lead chair_of_governors"],
        ),
        ("moston-lane head_concern --absent chair_of_governors", ["lead vice_chair"]),
        ("oak-trees head_concern --absent chair_of_governors", ["lead chief_executive"]),
        (
            "oak-trees head_concern --vacant chair_of_governors --vacant chief_executive",
            ["lead chair_of_trustees"],
        ),
        ("oak-trees official_account --vacant social_media", ["lead headteacher"]),
        ("oak-trees inappropriate_content --absent ict --absent headteacher", ["lead deputy_headteacher"]),
        ("king-offa inappropriate_content --vacant ict", ["lead headteacher"]),
        (
            "oak-trees cyberbullying --by pupil --absent headteacher",
            ["lead dsl", "informed deputy_headteacher"],
        ),
        ("arthur-terry cyberbullying --by pupil --vacant dsl", ["lead deputy_dsl"]),
        (
            "arthur-terry cyberbullying --by pupil --same ict=anti_bullying_lead",
            ["lead ict as anti_bullying_lead", "informed dsl"],
        ),
    ],
)
def test_an_empty_place_is_filled_by_the_deputy_or_up_the_ladder(line, wanted):
    assert told(line) == wanted


def test_stand_ins_are_the_floors_doing():
    assert places(asked("oak-trees pupil_concern --vacant dsl")) == ["lead deputy_dsl floor floor 4"]


def test_a_lead_who_is_shut_out_is_not_replaced_by_their_deputy():
    assert told("oak-trees policy_breach --about headteacher --about caretaker") == ["lead chair_of_governors"]
    assert routed("oak-trees", Facts("policy_breach", close=frozenset({"headteacher"}))) == [
        ("lead", "chair_of_governors")
    ]


def test_a_person_away_is_away_in_every_role_they_hold():
    assert told("oak-trees cyberbullying --by pupil --same headteacher=dsl --absent headteacher") == [
        "lead deputy_dsl",
        "informed deputy_headteacher",
    ]


def test_a_word_means_the_holder_of_that_role_whatever_they_are_called():
    both = "oak-trees cyberbullying --by pupil --same headteacher=dsl"
    assert told(f"{both} --absent dsl") == ["lead deputy_dsl", "informed deputy_headteacher"]
    assert told(f"{both} --same ict=headteacher") == ["lead ict as dsl"]
    assert kept_out(f"{both} --about dsl") == {"headteacher": "floor 2", "deputy_dsl": "floor 3"}


def test_an_address_that_reaches_nobody_is_a_vacancy():
    assert routed("oak-trees", Facts("pupil_concern"), unreachable=frozenset({"dsl"})) == [("lead", "deputy_dsl")]


def test_everybody_who_shares_a_role_gets_the_card_save_who_is_shut_out():
    holders = people_of("oak-trees", dsl=("ada", "ben", "cy"))
    assert routed("oak-trees", Facts("pupil_concern", close=frozenset({"ben"})), holders) == [
        ("lead", "ada"),
        ("lead", "cy"),
    ]


def test_a_dsl_who_must_be_told_is_replaced_unless_a_rung_already_has_a_part():
    assert told("moston-lane pupil_concern --absent dsl") == ["lead headteacher", "informed deputy_dsl"]
    assert told("moston-lane pupil_concern --absent dsl --vacant deputy_dsl") == ["lead headteacher"]
    assert told("oak-trees pupil_concern --about governor --vacant dsl --vacant deputy_dsl") == [
        "lead chair_of_governors",
        "informed headteacher",
    ]


def test_one_head_who_knows_is_enough_in_the_dsls_place():
    shared = people_of("oak-trees", headteacher=("ada", "ben"), social_media=("ada",), dsl=(), deputy_dsl=())
    assert routed("oak-trees", Facts("official_account", harmed="pupil"), shared) == [("lead", "ada")]


def test_a_dsl_close_to_a_subject_is_not_replaced_and_the_lead_is_asked():
    facts = Facts("pupil_concern", offices=frozenset({"governor"}), close=frozenset({"dsl"}))
    found = route(load_pack("oak-trees"), load_floor(), Cast(people_of("oak-trees")), facts)
    assert [(p.part, p.person) for p in found.recipients] == [("lead", "chair_of_governors")]
    assert found.steps[0].must


def test_the_first_deputy_stands_in_alone():
    two = people_of("oak-trees", deputy_dsl=("ada", "ben"))
    assert routed("oak-trees", Facts("pupil_concern"), two, absent=frozenset({"dsl"})) == [("lead", "ada")]
    assert after("oak-trees", Facts("pupil_concern"), holders=two, absent=frozenset({"dsl"}))[0] == "ben"


def test_a_rung_that_the_policy_lacks_is_stepped_over_whoever_claims_it():
    claimed = people_of("moston-lane", chief_executive=("cleo",), chair_of_governors=(), vice_chair=())
    assert routed("moston-lane", Facts("head_concern"), claimed) == []
    about = Facts("adult_material", subjects=frozenset({"chair_of_governors"}))
    assert routed("moston-lane", about, people_of("moston-lane", chief_executive=("cleo",))) == []


def test_an_option_is_not_yet_a_part_so_the_head_is_told_in_the_dsls_place():
    assert told("whinless-down pupil_contact --harmed pupil --vacant dsl --vacant deputy_dsl") == [
        "lead line_manager",
        "informed headteacher",
    ]


def test_an_empty_school_sends_the_report_outside_at_once():
    vacant = " ".join(f"--vacant {role}" for role in load_pack("oak-trees").cast)
    found = asked(f"oak-trees pupil_concern {vacant}")
    assert (found["recipients"], found["outside"]) == ([], ["lado"])


def test_a_choice_left_with_one_is_the_lead_and_with_none_the_heads_ladder():
    assert places(asked("whinless-down pupil_contact --vacant line_manager --vacant dsl --vacant deputy_dsl")) == [
        "lead headteacher floor floor 4"
    ]
    line = "whinless-down pupil_contact --vacant line_manager --vacant dsl --vacant deputy_dsl"
    assert told(f"{line} --vacant headteacher --vacant deputy_headteacher") == ["lead chair_of_governors"]


def test_a_choice_offers_the_stand_in():
    assert told("whinless-down pupil_contact --absent dsl")[1] == "choice deputy_dsl"


# ——— rule 5: nobody is alone with their own report


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("oak-trees pupil_concern --reporter dsl", ["lead dsl", "informed headteacher"]),
        (
            "oak-trees policy_breach --reporter headteacher",
            ["lead headteacher", "informed chair_of_governors"],
        ),
        ("oak-trees cyberbullying --by pupil --reporter dsl", ["lead dsl", "informed headteacher"]),
        (
            "oak-trees policy_breach --reporter headteacher --vacant chair_of_governors",
            ["lead headteacher", "informed chief_executive"],
        ),
        (
            "oak-trees policy_breach --reporter deputy_headteacher --absent headteacher",
            ["lead deputy_headteacher", "informed chair_of_governors"],
        ),
        (
            "whinless-down pupil_concern --same headteacher=dsl --reporter headteacher",
            ["lead headteacher as dsl", "informed chair_of_governors"],
        ),
        ("moston-lane head_concern --reporter chair_of_governors", ["lead chair_of_governors"]),
        (
            "moston-lane adult_material --about governor --absent chair_of_governors --reporter vice_chair",
            ["lead vice_chair"],
        ),
    ],
)
def test_a_reporter_who_leads_has_somebody_above_them_who_knows(line, wanted):
    assert told(line) == wanted


def test_a_harmed_headteacher_leads_with_the_chair_knowing():
    facts = Facts("cyberbullying", by="parent", harmed="staff", harmed_persons=frozenset({"headteacher"}))
    assert routed("oak-trees", facts) == [("lead", "headteacher"), ("informed", "chair_of_governors")]


def test_somebody_above_who_is_in_the_route_already_is_enough():
    shared = people_of("moston-lane", chair_of_governors=("ada", "ben"), dpo=("ada",))
    facts = Facts("data_breach", reporter="headteacher")
    assert routed("moston-lane", facts, shared) == [("lead", "headteacher"), ("informed", "ada")]


def test_a_subject_is_not_the_somebody_above():
    assert told("oak-trees pupil_concern --reporter headteacher --about chair_of_governors") == [
        "lead chief_executive",
        "informed dsl",
    ]
    facts = Facts("pupil_concern", reporter="dsl", close=frozenset({"headteacher"}))
    assert routed("oak-trees", facts) == [("lead", "dsl"), ("informed", "chair_of_governors")]


def test_on_a_choice_the_reporter_is_no_option():
    assert told("whinless-down pupil_contact --reporter dsl") == ["choice line_manager", "choice headteacher"]
    assert told("whinless-down pupil_contact --reporter headteacher") == [
        "choice line_manager",
        "choice dsl",
        "choice chair_of_governors",
    ]
    assert told("whinless-down pupil_contact --reporter line_manager") == ["choice dsl", "choice headteacher"]
    assert told("whinless-down pupil_contact --same dsl=headteacher --reporter dsl") == [
        "choice line_manager",
        "choice chair_of_governors",
    ]


def test_a_reporter_who_is_the_one_option_left_leads_and_somebody_above_knows():
    line = "whinless-down pupil_contact --vacant line_manager --vacant dsl --vacant deputy_dsl"
    assert told(f"{line} --reporter headteacher") == ["lead headteacher", "informed chair_of_governors"]
    assert told(f"{line} --reporter headteacher --vacant chair_of_governors") == [
        "lead headteacher",
        "informed chief_executive",
    ]
    assert places(asked("whinless-down pupil_contact --harmed pupil --vacant line_manager --reporter headteacher")) == [
        "lead headteacher floor floor 4",
        "informed dsl floor floor 1",
        "informed chair_of_governors floor floor 5",
    ]


def test_an_option_left_alone_by_the_reporter_leads():
    line = "whinless-down pupil_contact --vacant line_manager --reporter dsl"
    assert places(asked(line)) == ["lead headteacher floor floor 4"]


def test_a_stand_in_for_a_choice_of_nobody_leads_even_their_own_report():
    empty = ("line_manager", "dsl", "deputy_dsl", "headteacher", "deputy_headteacher")
    line = " ".join(["whinless-down pupil_contact --reporter chair_of_governors", *(f"--vacant {r}" for r in empty)])
    assert told(line) == ["lead chair_of_governors", "informed chief_executive"]


# ——— one person, one part; picks; danger; how soon


def test_one_person_has_one_part_the_weightiest():
    assert told("arthur-terry inappropriate_content --same headteacher=ict") == ["lead headteacher as ict"]
    assert told("whinless-down pupil_contact --same dsl=line_manager") == [
        "choice dsl as line_manager",
        "choice headteacher",
    ]


def test_whom_the_reporter_picks_leads_and_the_others_get_nothing():
    managed = {"teacher": "line_manager"}
    one = Facts("pupil_contact", picked=("headteacher",))
    assert routed("whinless-down", one, line_managers=managed) == [("lead", "headteacher")]
    two = Facts("pupil_contact", picked=("dsl", "headteacher"))
    assert routed("whinless-down", two, line_managers=managed) == [("lead", "dsl")]
    several = Facts("official_account", picked=("dsl", "headteacher"))
    assert routed("whinless-down", several, line_managers=managed) == [
        ("lead", "dsl"),
        ("lead", "headteacher"),
    ]
    stale = Facts("pupil_contact", picked=("dsl",), close=frozenset({"dsl"}))
    assert routed("whinless-down", stale, line_managers=managed) == [
        ("choice", "line_manager"),
        ("choice", "headteacher"),
    ]


def test_danger_skips_a_choice_for_the_dsl_else_the_headteacher():
    facts = Facts("pupil_contact", danger=True)
    assert routed("whinless-down", facts, line_managers={"teacher": "line_manager"}) == [("lead", "dsl")]
    empty = people_of("whinless-down", dsl=(), deputy_dsl=())
    assert routed("whinless-down", facts, empty) == [("lead", "headteacher")]


def test_the_offer_of_king_offa_leads_to_the_dsl_when_it_is_taken_up():
    assert step_ids("king-offa pupil_contact") == ["decline", "talk-in-class", "offer-to-tell-the-dsl"]
    assert routed("king-offa", Facts("pupil_contact", picked=("dsl",))) == [("lead", "dsl")]
    family = Facts("pupil_contact", answers=frozenset({"family"}))
    found = route(load_pack("king-offa"), load_floor(), Cast(people_of("king-offa")), family)
    assert [step.id for step in found.steps] == ["offer-to-tell-the-dsl"]
    assert "offer-to-tell-the-dsl" not in step_ids("king-offa pupil_contact --about caretaker")


def test_the_offer_of_king_offa_stands_without_a_dsl_and_then_leads_to_whoever_is_next():
    line = "king-offa pupil_contact --vacant dsl --vacant deputy_dsl"
    assert step_ids(line) == ["decline", "talk-in-class", "offer-to-tell-the-dsl"]
    empty = people_of("king-offa", dsl=(), deputy_dsl=())
    assert routed("king-offa", Facts("pupil_contact", picked=("dsl",)), empty) == [("lead", "headteacher")]
    taken = Facts("pupil_contact", picked=("dsl",), reporter="dsl")
    assert routed("king-offa", taken) == [("lead", "dsl"), ("informed", "headteacher")]


def test_nothing_is_offered_where_the_report_goes_outside_or_where_nobody_is_left():
    assert "offer-to-tell-the-dsl" not in step_ids("king-offa pupil_contact --about chair_of_trustees")
    vacant = " ".join(f"--vacant {role}" for role in load_pack("king-offa").cast)
    assert "offer-to-tell-the-dsl" not in step_ids(f"king-offa pupil_contact {vacant}")


def test_what_is_taken_up_goes_up_the_ladder_when_nobody_answers():
    assert after("king-offa", Facts("pupil_contact", picked=("dsl",)))[:2] == ["deputy_dsl", "headteacher"]


def test_the_administrators_in_the_register_answer_for_their_account():
    holders = people_of("king-offa", account_administrators=("pat", "sam"))
    school = Cast(holders)
    found = route(load_pack("king-offa"), load_floor(), school, Facts("official_account"))
    assert [(p.person, p.source) for p in found.recipients] == [("pat", "clause"), ("sam", "clause")]


@pytest.mark.parametrize(
    ("line", "klass"),
    [
        ("oak-trees pupil_concern", "now"),
        ("oak-trees radicalisation", "now"),
        ("oak-trees indecent_images", "now"),
        ("oak-trees reputation", "soon"),
        ("oak-trees reputation --harmed pupil", "now"),
        ("oak-trees reputation --harmed staff", "soon"),
        ("oak-trees reputation --about headteacher", "day"),
        ("oak-trees pupil_concern --about headteacher", "now"),
        ("oak-trees parent_contact", "soon"),
        ("oak-trees pupil_contact", "day"),
        ("oak-trees data_breach", "day"),
        ("oak-trees self_report", "day"),
        ("moston-lane reputation", "day"),
        ("moston-lane pupil_concern", "now"),
    ],
)
def test_how_soon_follows_the_child_the_type_and_the_stricter_policy(line, klass):
    assert asked(line)["class"] == klass


def test_danger_makes_any_report_urgent():
    facts = Facts("reputation", danger=True)
    assert route(load_pack("oak-trees"), load_floor(), Cast(people_of("oak-trees")), facts).klass == "now"


def test_arthur_terry_walks_the_lead_through_clause_nine():
    whys = {step["why"] for step in asked("arthur-terry cyberbullying --harmed staff")["steps"]}
    assert {"9.3", "9.4", "9.5", "9.6", "9.7", "9.8"} <= {why for each in whys for why in each.split(", ")}
    assert "meet-the-victim" not in step_ids("arthur-terry cyberbullying --by pupil")


# ——— the next rungs


def after(pack, facts, told=frozenset(), holders=None, **cast):
    school = Cast(holders or people_of(pack), **cast)
    return [p.person for p in rungs_after(load_pack(pack), load_floor(), school, facts, frozenset(told))]


def test_silence_goes_to_the_deputy_and_then_up_the_ladder():
    facts = Facts("pupil_concern")
    rest = ["headteacher", "chair_of_governors", "chief_executive", "chair_of_trustees"]
    assert after("oak-trees", facts) == ["deputy_dsl", *rest]
    assert after("oak-trees", facts, {"deputy_dsl", "headteacher"}) == rest[1:]
    assert after("moston-lane", Facts("head_concern")) == ["vice_chair"]
    assert after("moston-lane", Facts("head_concern"), {"vice_chair"}) == []


def test_silence_never_goes_to_a_subject_nor_to_a_deputy_of_who_is_shut_out():
    about_dsl = Facts("pupil_concern", subjects=frozenset({"dsl", "chair_of_governors"}))
    assert after("oak-trees", about_dsl) == ["chair_of_trustees"]
    close = Facts("pupil_concern", close=frozenset({"headteacher"}))
    assert after("oak-trees", close, {"deputy_dsl"}) == [
        "chair_of_governors",
        "chief_executive",
        "chair_of_trustees",
    ]
    both = people_of("oak-trees", dsl=("ada", "ben"))
    assert after("oak-trees", Facts("pupil_concern", close=frozenset({"ben"})), holders=both)[0] == "headteacher"


def test_silence_reaches_the_reporter_last():
    assert after("oak-trees", Facts("pupil_concern", reporter="headteacher"))[-1] == "headteacher"


# ——— the command line


def test_clause_marks_are_printed_as_they_are():
    app = typer.Typer()
    app.command()(route_command)
    done = CliRunner().invoke(app, ["--policy", "oak-trees", "--report", "adult_material", "--json"])
    assert '"why": "§8"' in done.stdout


def refused(*words: str) -> str:
    app = typer.Typer()
    app.command()(route_command)
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--policy", "acorn", "--report", "reputation"), "moston-lane"),
        (("--policy", "oak-trees", "--report", "gossip"), "pupil_concern"),
        (("--policy", "oak-trees", "--report", "reputation", "--by", "cat"), "outsider"),
        (("--policy", "oak-trees", "--report", "reputation", "--harmed", "cat"), "nobody"),
        (("--policy", "oak-trees", "--report", "reputation", "--vacant", "cat"), "headteacher"),
        (("--policy", "oak-trees", "--report", "reputation", "--absent", "cat"), "headteacher"),
        (("--policy", "oak-trees", "--report", "reputation", "--same", "dsl"), "headteacher"),
        (
            ("--policy", "moston-lane", "--report", "reputation", "--same", "dsl=chief_executive"),
            "vice_chair",
        ),
    ],
)
def test_a_word_it_does_not_know_is_answered_with_those_it_does(words, named):
    assert named in refused(*words)


def test_the_table_for_people_shows_the_same_as_the_json():
    app = typer.Typer()
    app.command()(route_command)
    done = CliRunner().invoke(app, ["--policy", "oak-trees", "--report", "adult_material", "--about", "headteacher"])
    assert done.exit_code == 0
    for word in ("head_concern", "chair_of_governors", "lead", "§8", "headteacher (floor 2)"):
        assert word in done.stdout
