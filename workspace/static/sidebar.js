// The left-hand side: who you are, the channels, direct messages and the app, with what is unread.

import { el, icon, patch } from "./dom.js";
import { face, job } from "./faces.js";
import { channels, chat, me, path, person } from "./state.js";

export function sidebar() {
  const who = me();
  const list = el("div", { class: "lists" });
  const node = el("nav", { class: "sidebar", "aria-label": "Channels and messages" },
    el("div", { class: "me" }, face(who.id), el("div", {}, el("strong", {}, who.name), el("span", { class: "hint" }, job(who)))),
    list,
    el("a", { class: "button other", href: "/", target: "_blank", rel: "noopener", "data-testid": "be-another" }, icon("out"), "Open as someone else"));
  return { node, list };
}

const GROUPS = [["Channels", ["channel", "private"]], ["Direct messages", ["dm"]], ["Apps", ["bot"]], ["Mail", ["inbox"]]];

export function drawSidebar({ list }) {
  const all = channels();
  const groups = GROUPS.map(([title, kinds]) => ({ title, entries: all.filter((one) => kinds.includes(one.kind)) })).filter((group) => group.entries.length);
  patch(list, groups, {
    key: (group) => group.title,
    sign: (group) => JSON.stringify([group, chat.route.channel]),
    make: (group) => el("div", { class: "group" }, el("h2", {}, group.title), el("ul", {}, group.entries.map(entry))),
  });
  const unread = all.reduce((sum, one) => sum + (one.unread ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${me().name} · Brambledown chat`;
}

function entry(channel) {
  const here = channel.id === chat.route.channel;
  const unread = channel.unread > 0 && !here ? channel.unread : 0;
  return el("li", {}, el("a", {
    class: `entry${unread ? " unread" : ""}`, href: hrefOf(channel), "data-testid": `channel-${channel.id}`,
    "aria-current": here ? "page" : null, "aria-label": `${channel.name}${channel.kind === "private" ? ", private" : ""}${unread ? `, ${unread} unread` : ""}`,
  }, sign(channel), el("span", { class: "name" }, channel.name), unread > 0 && el("span", { class: "badge" }, String(unread))));
}

export function hrefOf(channel) {
  return channel.kind === "bot" && !channel.unread ? path(channel.id, "home") : path(channel.id);
}

function sign(channel) {
  if (channel.kind === "bot") return face(chat.bot.id, "tiny");
  if (channel.kind === "dm") {
    const other = person(channel.user) ?? chat.people.find((one) => one.name === channel.name);
    return face(other?.id, "tiny");
  }
  return icon({ private: "lock", inbox: "mail" }[channel.kind] ?? "hash");
}
