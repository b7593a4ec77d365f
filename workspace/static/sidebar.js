// The left-hand side: who you are, the channels, direct messages and the app, with what is unread.

import { announce, el, icon, patch, toast } from "./dom.js";
import { face, job } from "./faces.js";
import { menu } from "./menu.js";
import { channels, chat, go, me, otherIn, path, say } from "./state.js";

export function sidebar() {
  const who = me();
  const list = el("div", { class: "lists" });
  const node = el(
    "nav",
    { class: "sidebar", "aria-label": "Channels and messages" },
    el(
      "div",
      { class: "me" },
      face(who.id),
      el("div", {}, el("strong", {}, who.name), el("span", { class: "hint" }, job(who))),
    ),
    list,
    el(
      "a",
      { class: "button other", href: "/", target: "_blank", rel: "noopener", "data-testid": "be-another" },
      icon("out"),
      "Open as someone else",
    ),
  );
  return { node, list };
}

let before = null; // what was unread when last drawn

function tellNew(all) {
  const newer = before && all.find((one) => one.unread > (before.get(one.id) ?? 0) && one.id !== chat.route.channel);
  before = new Map(all.map((one) => [one.id, one.unread ?? 0]));
  if (newer) announce(`New in ${newer.name}.`);
}

const GROUPS = [
  ["Channels", ["channel", "private"]],
  ["Direct messages", ["dm"]],
  ["Apps", ["bot"]],
  ["Mail", ["inbox"]],
];

export function drawSidebar({ list }) {
  const all = channels();
  const groups = GROUPS.map(([title, kinds]) => ({
    title,
    entries: all.filter((one) => kinds.includes(one.kind)),
  })).filter((group) => group.entries.length || (group.title === "Direct messages" && me().chat));
  patch(list, groups, {
    key: (group) => group.title,
    sign: (group) => JSON.stringify([group, chat.route.channel, chat.route.part === "home"]),
    make: (group) =>
      el(
        "div",
        { class: "group" },
        el(
          "div",
          { class: "group-head" },
          el("h2", {}, group.title),
          group.title === "Direct messages" && newMessage(),
        ),
        el("ul", {}, group.entries.map(entry)),
      ),
  });
  const unread = all.reduce((sum, one) => sum + (one.unread ?? 0), 0);
  tellNew(all);
  document.title = `${unread ? `(${unread}) ` : ""}${me().name} · Brambledown chat`;
}

function newMessage() {
  const button = el(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-label": "Write to somebody",
      title: "Write to somebody",
      "data-testid": "new-message",
    },
    icon("plus"),
  );
  const others = () => chat.people.filter((one) => one.chat && one.id !== chat.as);
  return menu(button, () =>
    others().map((one) => ({ words: one.name, more: job(one), value: one.id, press: () => writeTo(one.id) })),
  );
}

async function writeTo(id) {
  try {
    go((await say("/ui/dm", { with: id })).channel);
  } catch (problem) {
    toast(problem.message);
  }
}

function entry(channel) {
  const here = channel.id === chat.route.channel;
  const reading = here && !(channel.kind === "bot" && chat.route.part === "home");
  const unread = channel.unread > 0 && !reading ? channel.unread : 0;
  return el(
    "li",
    {},
    el(
      "a",
      {
        class: `entry${unread ? " unread" : ""}`,
        href: hrefOf(channel),
        "data-testid": `channel-${channel.id}`,
        "aria-current": here ? "page" : null,
        "aria-label": `${channel.name}${channel.kind === "private" ? ", private" : ""}${unread ? `, ${unread} unread` : ""}`,
      },
      sign(channel),
      el("span", { class: "name" }, channel.name),
      unread > 0 && el("span", { class: "badge" }, String(unread)),
    ),
  );
}

export function hrefOf(channel) {
  return channel.kind === "bot" && !channel.unread ? path(channel.id, "home") : path(channel.id);
}

function sign(channel) {
  if (channel.kind === "bot") return face(chat.bot.id, "tiny");
  if (channel.kind === "dm") {
    return face(otherIn(channel), "tiny");
  }
  return icon({ private: "lock", inbox: "mail" }[channel.kind] ?? "hash");
}
