// A list of messages: day by day, newest at the foot, each drawn once and patched when it changes.

import { drawBlocks } from "./blocks.js";
import { el, icon, patch } from "./dom.js";
import { face } from "./faces.js";
import { attached, reactionRow } from "./reactions.js";
import { messageMenu } from "./shortcuts.js";
import { chat, path } from "./state.js";
import { surface } from "./surface.js";
import { linked, marked } from "./text.js";
import { clockTime, day, fullTime, moment } from "./times.js";

const surfaces = new Map(); // one per message with blocks, so that answers in it outlive a redraw

// A fresh log for one channel or thread; the node is what a screen reader listens to.
export function messageLog(label) {
  const log = el("div", { class: "log", role: "log", "aria-label": label, tabindex: "0" });
  const more = el(
    "button",
    { type: "button", class: "newer", hidden: true, onclick: () => toFoot(log) },
    icon("down"),
    "New messages",
  );
  log.addEventListener("scroll", () => {
    if (nearFoot(log)) more.hidden = true;
  });
  return { log, node: el("div", { class: "log-frame" }, log, more), more, drawn: null };
}

export function drawLog(view, messages, { channel, threads = true, empty }) {
  const first = view.drawn === null;
  const follow = first || nearFoot(view.log);
  patch(view.log, rows(messages, empty), {
    key: (row) => row.key,
    sign: (row) => JSON.stringify([row.message, row.joined, row.words, threads]),
    make: (row) => (row.message ? message(row, channel, threads) : note(row)),
  });
  const last = messages.at(-1);
  const newer = last && last.ts !== view.drawn;
  if (newer && (follow || last.user === chat.as)) toFoot(view.log);
  else if (newer) view.more.hidden = false;
  view.drawn = last?.ts ?? "";
}

const nearFoot = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

function toFoot(log) {
  log.scrollTop = log.scrollHeight;
  requestAnimationFrame(() => {
    log.scrollTop = log.scrollHeight;
  });
}

const JOIN = 5 * 60 * 1000; // messages this close by one person share a heading

function rows(messages, empty) {
  if (!messages.length) return [{ key: "empty", words: empty, kind: "empty" }];
  const out = [];
  let [before, today] = [null, null];
  for (const one of messages) {
    const at = moment(one);
    if (day(at) !== today) out.push({ key: `day-${day(at)}-${out.length}`, words: day(at), kind: "day" });
    const joined =
      before &&
      day(at) === today &&
      before.user === one.user &&
      !one.ephemeral === !before.ephemeral &&
      !drawn(one) &&
      at - moment(before) < JOIN;
    out.push({ key: `${one.ts}${one.ephemeral ? "e" : ""}`, message: one, joined: Boolean(joined) });
    [before, today] = [one, day(at)];
  }
  return out;
}

// Only an app composes blocks; what a person typed is drawn from their text.
const drawn = (one) => one.bot && one.blocks?.length > 0;

function note(row) {
  return el("p", { class: row.kind }, el("span", {}, row.words));
}

function message({ message: one, joined }, channel, threads) {
  const at = moment(one);
  const props = {
    class: `message${joined ? " joined" : ""}${one.ephemeral ? " mine-only" : ""}`,
    data: { ts: one.ts },
    "aria-label": `${one.name}, ${fullTime(at)}`,
  };
  const timed = { datetime: at.toISOString(), title: fullTime(at) };
  const aside = joined
    ? el("time", { class: "beside-time", "aria-hidden": "true", ...timed }, clockTime(at))
    : face(one.user);
  const by = () => [
    el("strong", {}, one.name),
    one.bot && el("span", { class: "tag" }, "app"),
    el("time", timed, clockTime(at)),
  ];
  const body = el(
    "div",
    { class: "message-body" },
    one.ephemeral && el("p", { class: "only-you" }, icon("eye"), "Only you can see this"),
    !joined && el("p", { class: "by" }, by()),
    wordsOf(one, channel),
    threads && replies(one, channel),
  );
  return el("article", props, aside, body, messageMenu(one, channel));
}

function wordsOf(one, channel) {
  const said = el("div", { class: "message-words" });
  if (drawn(one)) drawBlocks(said, one.blocks, surfaceOf(channel, one));
  else said.append(el("p", { class: "prose" }, ...linkedMarks(one.text ?? "")));
  if (one.edited) said.append(el("span", { class: "hint" }, "(edited)"));
  said.append(...[attached(one), reactionRow(one, channel)].filter(Boolean));
  return said;
}

const linkedMarks = (text) => marked(text).flatMap((part) => (typeof part === "string" ? linked(part) : [part]));

function replies(one, channel) {
  if (one.ephemeral) return null;
  const count = one.reply_count ?? 0;
  const words = count === 0 ? "Reply in a thread" : count === 1 ? "1 reply" : `${count} replies`;
  return el(
    "a",
    {
      class: `replies${count ? "" : " none"}`,
      href: path(channel, "thread", one.ts),
      "data-testid": `thread-${one.ts}`,
    },
    icon("reply"),
    el("span", {}, words),
  );
}

function surfaceOf(channel, one) {
  const name = `${channel}/${one.ts}`;
  if (!surfaces.has(name)) surfaces.set(name, surface("message", { message: { channel, ts: one.ts } }));
  surfaces.get(name).show(one.blocks);
  return surfaces.get(name);
}
