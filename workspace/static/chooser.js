// The first screen: who would you like to be?

import { el } from "./dom.js";
import { face, job } from "./faces.js";
import { chat } from "./state.js";

// page is where the links lead: the chat, or Teams.
export function chooser(root, page = "/") {
  const school = chat.team.name ?? "Brambledown Primary School";
  document.title = `Who are you? · Brambledown ${page === "/" ? "chat" : "in Teams"}`;
  const [staff, others] = [chat.people.filter((one) => (page === "/" ? one.chat : chat.teams.includes(one.id))), chat.people.filter((one) => !one.chat)];
  root.className = "chooser";
  root.replaceChildren(
    el(
      "main",
      { class: "choose" },
      el(
        "header",
        {},
        el("img", { src: "/static/mark.svg", alt: "", width: "44", height: "44" }),
        el("p", { class: "eyebrow" }, school),
        el("h1", {}, "Who would you like to be?"),
        el(
          "p",
          { class: "lead" },
          "Brambledown is an invented school and everybody in it is invented too. Pick somebody, and open others in tabs of their own: what one person sends, the next one sees.",
        ),
        chat.teams.length > 0 && other(page),
      ),
      el("ul", { class: "cards" }, staff.map((who) => card(who, page))),
      others.length > 0 && el("h2", {}, "No chat account"),
      others.length > 0 && el("ul", { class: "cards" }, others.map((who) => card(who, "/"))),
    ),
  );
}

function card(who, page) {
  return el(
    "li",
    {},
    el(
      "a",
      { class: "who", href: `${page}?as=${encodeURIComponent(who.id)}`, "data-testid": `be-${who.id}` },
      face(who.id, "big"),
      el(
        "span",
        {},
        el("strong", {}, who.name),
        el("span", { class: "job" }, job(who)),
        !who.chat && el("span", { class: "tag" }, "inbox only"),
      ),
    ),
  );
}

// Where the school has both: the same people, on the other of its two.
function other(page) {
  const [here, there, name] = page === "/" ? ["Slack", "/teams", "Microsoft Teams"] : ["Microsoft Teams", "/", "Slack"];
  return el("p", { class: "lead" }, `You are about to open ${here}. `, el("a", { href: there }, `Open ${name} instead`));
}
