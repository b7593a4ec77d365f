// Draws cards as the demo's page does, beside each other in the width of a small phone, and says what is wrong with each.

import { drawn, peopled } from "/static/adaptive.js";
import { choose } from "/static/themes.js";

const kit = globalThis.AdaptiveCards;
const people = [{ id: "0a0a0a0a-1111-2222-3333-444444444444", name: "Tomasz Kowalska-Featherstonehaugh" }];
const COLUMN = 336;
const bare = (text) => text.replace(/\s+/g, "");

// Each card in a frame of its own, a form so that two cards' answers are not one list; answers with what is wrong.
window.draw = (cards, theme) => {
  localStorage.clear();
  choose(theme);
  const sheet = document.getElementById("sheet");
  const frames = cards.map(({ name, card, dialog }) => {
    const frame = document.createElement("form");
    const caption = document.createElement("p");
    caption.textContent = name;
    const inside = document.createElement("div");
    inside.className = dialog ? "modal-body" : "card";
    inside.append(drawn(card, { people, press: () => {} }));
    frame.append(caption, inside);
    return frame;
  });
  sheet.replaceChildren(...frames);
  for (const [at, { unfold }] of cards.entries()) if (unfold) frames[at].querySelector(".ac-pushButton").click();
  place(sheet, frames);
  return cards.flatMap((one, at) => faults(one, frames[at].lastChild).map((what) => `${one.name}: ${what}`));
};

const faults = (one, inside) => [...events(one.card), ...dropped(one, inside), ...unlabelled(one.card, inside), ...wide(inside)];

// Each under the shortest column so far.
function place(sheet, frames) {
  const tall = frames.map((frame) => frame.offsetHeight);
  const columns = new Array(Math.floor(innerWidth / COLUMN)).fill(0);
  for (const [at, frame] of frames.entries()) {
    const column = columns.indexOf(Math.min(...columns));
    frame.style.left = `${column * COLUMN}px`;
    frame.style.top = `${columns[column]}px`;
    columns[column] += tall[at];
  }
  sheet.style.height = `${Math.max(...columns)}px`;
}

// What Microsoft's own parser and validator have to say.
function events(card) {
  const context = new kit.SerializationContext();
  const parsed = new kit.AdaptiveCard();
  parsed.parse(peopled(card, people), context);
  const heard = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  return [...heard, ...parsed.validateProperties().validationEvents].map((event) => event.message);
}

function dropped(one, inside) {
  const shown = bare(inside.textContent);
  return one.says.filter((text) => !shown.includes(bare(text))).map((text) => `not drawn: ${text}`);
}

// Every question has its box, and every box a name that says its question.
function unlabelled(card, inside) {
  const asked = inputs(card.body);
  const boxes = [...inside.querySelectorAll("input, textarea, select")];
  const named = boxes.map((each) => bare(label(each)));
  const kept = new Set(boxes.map((each) => each.name || each.id));
  const lost = asked.filter((each) => each.label && !named.some((name) => name.includes(bare(each.label))));
  const nameless = named.filter((name) => !name).map(() => "a box without a name");
  const fewer = kept.size < asked.length ? [`${asked.length} questions and ${kept.size} boxes`] : [];
  return [...lost.map((each) => `nothing is labelled: ${each.label}`), ...nameless, ...fewer];
}

function label(control) {
  const by = (control.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
  return [...by, control.getAttribute("aria-label") ?? "", ...[...(control.labels ?? [])].map((each) => each.textContent)].join(" ");
}

const inputs = (parts) =>
  (parts ?? []).flatMap((part) => [...(part.type.startsWith("Input.") ? [part] : []), ...inputs(part.items)]);

// Words and boxes that stand out of their frame, or are cut off in it.
function wide(inside) {
  const edge = inside.getBoundingClientRect().right + 0.5;
  const cut = (each) => getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
  return [...inside.querySelectorAll("*")]
    .filter((each) => each.getClientRects().length && !each.children.length)
    .filter((each) => each.getBoundingClientRect().right > edge || (each.textContent && cut(each)))
    .map((each) => `too wide: ${each.textContent.slice(0, 40)}`);
}
