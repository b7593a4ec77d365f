// The middle of the page: a channel's heading, its messages and the box to write in; beside it, a thread.

import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { drawHome, homePane } from "./home.js";
import { drawLog, messageLog } from "./messages.js";
import { channel as channelOf, chat, go, otherIn, path, person } from "./state.js";
import { job } from "./faces.js";

let shown = null; // {key, …} what stands in the middle
let beside = null; // the open thread

export function drawChannel(main) {
  const channel = channelOf(chat.route.channel);
  const home = channel.kind === "bot" && chat.route.part === "home";
  const key = `${channel.id}/${home ? "home" : ""}`;
  if (shown?.key !== key || !main.contains(shown.node)) {
    shown = home ? homeView(channel) : channelView(channel);
    shown.key = key;
    main.replaceChildren(shown.node);
  }
  if (home) {
    drawHome(shown.pane);
    main.querySelector("[data-testid=messages-tab]").dataset.unread = channel.unread || "";
  } else
    drawLog(shown.view, (chat.now.messages[channel.id] ?? []).filter(standsAlone), {
      channel: channel.id,
      empty: emptyWords(channel),
    });
}

const standsAlone = (one) => !one.thread_ts || one.thread_ts === one.ts;

function channelView(channel) {
  const view = messageLog(`Messages in ${channel.name}`);
  const writing = composer({
    channel: channel.id,
    label: `Message ${titleOf(channel)}`,
    testid: "composer",
    sendTestid: "send",
  });
  const node = el(
    "section",
    { class: "channel", "aria-label": titleOf(channel) },
    heading(channel),
    view.node,
    writing,
  );
  return { node, view };
}

function homeView(channel) {
  const pane = homePane();
  return {
    pane,
    node: el("section", { class: "channel", "aria-label": `${channel.name}, Home` }, heading(channel), pane.node),
  };
}

function titleOf(channel) {
  return channel.kind === "channel" || channel.kind === "private" ? `#${channel.name}` : channel.name;
}

function about(channel) {
  if (channel.kind === "bot") return "App";
  if (channel.kind === "dm") return job(person(otherIn(channel)));
  const count = Array.isArray(channel.members) ? channel.members.length : channel.members;
  const people = count ? `${count} ${count === 1 ? "person" : "people"}` : "";
  return [
    channel.kind === "private" && "Private",
    people,
    channel.shared && "shared with another workspace",
    channel.topic,
  ]
    .filter(Boolean)
    .join(" · ");
}

function emptyWords(channel) {
  return channel.kind === "bot"
    ? `This is the start of your messages with ${channel.name}. Write “report” or /report to begin.`
    : "Nothing has been written here yet.";
}

export function backTo(href, label) {
  return el("a", { class: "plain back", href, "aria-label": label }, icon("back"));
}

function heading(channel) {
  return el(
    "header",
    { class: "heading" },
    backTo("#/", "Back to the list"),
    el(
      "div",
      { class: "names" },
      el("h1", {}, channel.kind === "private" ? [icon("lock"), channel.name] : titleOf(channel)),
      el("p", { class: "hint" }, about(channel)),
    ),
    channel.kind === "bot" && tabs(channel),
  );
}

function tabs(channel) {
  const home = chat.route.part === "home";
  const tab = (words, open, href, testid) =>
    el(
      "a",
      { role: "tab", href, "aria-selected": String(open), tabindex: open ? "0" : "-1", "data-testid": testid },
      words,
    );
  const list = el(
    "div",
    { class: "tabs", role: "tablist", "aria-label": channel.name },
    tab("Home", home, path(channel.id, "home"), "home-tab"),
    tab("Messages", !home, path(channel.id), "messages-tab"),
  );
  list.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    go(...(home ? [channel.id] : [channel.id, "home"]));
    setTimeout(() => document.querySelector(".tabs [aria-selected=true]")?.focus(), 30);
  });
  return list;
}

export function drawThread(aside) {
  const { channel: id, part, rest: ts } = chat.route;
  const all = part === "thread" ? (chat.now.messages[id] ?? []) : [];
  const thread = all.filter((one) => one.ts === ts || one.thread_ts === ts);
  aside.hidden = thread.length === 0;
  if (aside.hidden) {
    beside = null;
    return aside.replaceChildren();
  }
  if (beside?.key !== `${id}/${ts}`) {
    beside = threadView(id, ts);
    aside.replaceChildren(...beside.nodes);
    beside.nodes[0].querySelector("h2").focus();
  }
  drawLog(beside.view, thread, { channel: id, threads: false, empty: "" });
}

function threadView(id, ts) {
  const view = messageLog("Thread");
  const close = el(
    "a",
    { class: "plain", href: path(id), "aria-label": "Close the thread", "data-testid": "thread-close" },
    icon("close"),
  );
  const head = el(
    "header",
    { class: "heading" },
    backTo(path(id), "Back to the channel"),
    el(
      "div",
      { class: "names" },
      el("h2", { tabindex: "-1" }, "Thread"),
      el("p", { class: "hint" }, titleOf(channelOf(id))),
    ),
    close,
  );
  head.addEventListener("keydown", (event) => {
    if (event.key === "Escape") go(id);
  });
  return {
    key: `${id}/${ts}`,
    view,
    nodes: [
      head,
      view.node,
      composer({
        channel: id,
        thread: ts,
        label: "Reply in the thread",
        testid: "thread-composer",
        sendTestid: "thread-send",
      }),
    ],
  };
}
