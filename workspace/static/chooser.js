// The first screen: who would you like to be?

import { el } from "./dom.js";
import { face, job } from "./faces.js";
import { chat } from "./state.js";

export function chooser(root) {
  const school = chat.team.name ?? "Brambledown Primary School";
  document.title = "Who are you? · Brambledown chat";
  const [staff, others] = [chat.people.filter((one) => one.chat), chat.people.filter((one) => !one.chat)];
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
      ),
      el("ul", { class: "cards" }, staff.map(card)),
      others.length > 0 && el("h2", {}, "No chat account"),
      others.length > 0 && el("ul", { class: "cards" }, others.map(card)),
    ),
  );
}

function card(who) {
  return el(
    "li",
    {},
    el(
      "a",
      { class: "who", href: `/?as=${encodeURIComponent(who.id)}`, "data-testid": `be-${who.id}` },
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
