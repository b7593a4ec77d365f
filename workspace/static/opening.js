// How either page opens: who is looking, and drawing what they see again whenever something changed.

import { chooser } from "./chooser.js";
import { el } from "./dom.js";
import { events } from "./door.js";
import { chat, me, meetPeople, readRoute, redraw, refresh, whenChanged } from "./state.js";

// build() makes the page's parts, once; draw() fills them, each time.  Teams is only for those who are in it.
export async function open(root, { teams = false, build, draw }) {
  try {
    if (teams) chat.place = "/teams";
    await meetPeople();
    chat.as = new URLSearchParams(location.search).get("as");
    if (teams ? !inTeams() : !me()) return chooser(root, teams ? "/teams" : "/");
    build();
    whenChanged(draw);
    addEventListener("hashchange", () => {
      readRoute();
      redraw();
    });
    document.addEventListener("visibilitychange", redraw);
    readRoute();
    await refresh();
    events(chat.as, { changed: refresh, line });
  } catch (problem) {
    root.replaceChildren(unreachable(teams ? "Teams" : "The chat"));
    throw problem;
  }
}

// The same person in the other chat; nothing where they have only one.
export function either(here) {
  if (!inTeams()) return false;
  const ways = { Slack: "/", Teams: "/teams" };
  const way = ([name, page]) => el("a", { href: `${page}?as=${encodeURIComponent(chat.as)}`, "aria-current": name === here ? "page" : null }, name);
  return el("nav", { class: "either", "aria-label": "Which chat" }, Object.entries(ways).map(way));
}

const inTeams = () => chat.teams.includes(chat.as);

function line(whole) {
  chat.online = whole;
  redraw();
}

const unreachable = (what) =>
  el(
    "div",
    { class: "waiting" },
    el("p", {}, `${what} cannot be reached just now.`),
    el("button", { type: "button", class: "button primary", onclick: () => location.reload() }, "Try again"),
  );
