// Brambledown in Teams: the person's own chat with the app, the staff room's channel, and the dialog over both.

import { drawn } from "./adaptive.js";
import { clock, drawClock } from "./clock.js";
import { announce, el, icon, patch, toast } from "./dom.js";
import { face, job } from "./faces.js";
import { menu } from "./menu.js";
import { either, open } from "./opening.js";
import { chat, me, redraw, say } from "./state.js";
import { drawTask, taskDialog } from "./task.js";
import { choose, chosen, NAMES } from "./themes.js";
import { clockTime, fullTime } from "./times.js";

const root = document.getElementById("app");
const CHAT = { id: "lanyard", name: "Lanyard", about: "App · only you see this chat" };
const ROOM = { id: "staffroom", name: "Staff room", about: "Channel · everybody at school" };
const TEAM = { id: "safeguarding", name: "Safeguarding", about: "Channel · only the two safeguarding leads" };
let parts = null;

function build() {
  const hands = clock();
  const list = el("ul", {});
  const title = el("h1", { tabindex: "-1" });
  const about = el("p", { class: "hint" });
  const log = el("div", { class: "talk", role: "log", "aria-label": "Messages", tabindex: "0" });
  const box = el("textarea", { rows: "1", "aria-label": "Type a message", placeholder: `Type a message, or ${chat.commands[0]}` });
  const foot = el("form", { class: "write" }, box, el("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send")));
  foot.addEventListener("submit", (event) => {
    event.preventDefault();
    write(box);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    write(box);
  });
  const who = el("div", { class: "me" }, face(chat.as), el("div", {}, el("strong", {}, me().name), el("span", { class: "hint" }, job(me()))));
  const side = el("nav", { class: "rail", "aria-label": "Chats and channels" }, who, list, elsewhere());
  const head = el("header", { class: "over" }, title, about);
  const task = taskDialog(press);
  root.className = "teams";
  root.replaceChildren(
    el("header", { class: "bar" }, el("a", { class: "brand", href: "/teams" }, el("img", { src: "/static/mark.svg", alt: "", width: "26", height: "26" }), "Brambledown in Teams"), either("Teams"), hands.node, themes()),
    side,
    el("main", {}, head, log, foot),
    task.node,
  );
  return { hands, list, title, about, log, foot, task, place: null };
}

function elsewhere() {
  return el(
    "div",
    { class: "elsewhere" },
    el("a", { class: "button", href: "/teams", target: "_blank", rel: "noopener" }, icon("out"), "Open as someone else"),
  );
}

function themes() {
  const here = chosen();
  const list = el("select", { class: "theme", "aria-label": "Theme" }, Object.entries(NAMES).map(([id, name]) => el("option", { value: id, selected: id === here }, name)));
  list.addEventListener("change", () => {
    choose(list.value);
    parts.log.replaceChildren();
    parts.task.forget();
    redraw();
  });
  return list;
}

function draw() {
  if (!chat.now) return;
  const places = chat.now.team ? [CHAT, ROOM, TEAM] : [CHAT, ROOM];
  const here = places.find((one) => one.id === chat.route.channel) ?? CHAT;
  drawClock(parts.hands);
  patch(parts.list, places, { key: (one) => one.id, sign: (one) => String(one === here), make: (one) => entry(one, one === here) });
  parts.title.textContent = here.name;
  parts.about.textContent = here.about;
  parts.foot.hidden = here !== CHAT;
  if (parts.place !== here.id) parts.log.replaceChildren();
  const end = parts.place !== here.id || parts.log.scrollHeight - parts.log.scrollTop - parts.log.clientHeight < 80;
  const said = here === ROOM ? chat.now.staffroom : here === TEAM ? chat.now.team : chat.now.messages;
  tellNew(said, here);
  patch(parts.log, said, { key: (one) => one.id, make: (one) => (here === ROOM ? spoken(one) : here === TEAM ? thread(one) : message(one)) });
  if (end) parts.log.scrollTop = parts.log.scrollHeight;
  parts.place = here.id;
  drawTask(parts.task, chat.now.dialog);
}

let before = null;

function tellNew(said, here) {
  const newest = said.at(-1);
  if (here === CHAT && before && newest?.card && newest.id !== before) announce(`Lanyard: ${newest.summary || "a card"}`);
  before = newest?.id ?? "none";
}

const entry = (one, here) =>
  el("li", {}, el("a", { class: "entry", href: `#/${one.id}`, "aria-current": here ? "page" : null }, one === CHAT ? face(chat.bot.id, "tiny") : icon("hash"), el("span", { class: "name" }, one.name)));

function message(one) {
  const mine = !one.card && Boolean(one.text);
  const at = new Date(one.at);
  const body = one.card ? el("div", { class: "card" }, drawn(one.card, { people: chat.now.people, press: (action) => press(action, one.id) })) : el("p", { class: "prose" }, one.text);
  return el(
    "article",
    { class: mine ? "mine" : "theirs", "aria-label": `${mine ? "You" : "Lanyard"}, ${clockTime(at)}` },
    !mine && face(chat.bot.id, "tiny"),
    el("div", { class: "body" }, el("p", { class: "hint" }, mine ? "" : "Lanyard ", el("time", { datetime: one.at, title: fullTime(at) }, clockTime(at)), one.edited ? " · Edited" : ""), body),
  );
}

function thread(one) {
  const box = el("textarea", { rows: "1", "aria-label": "Reply", placeholder: "Reply" });
  const mention = el("input", { type: "checkbox", checked: true });
  const form = el("form", { class: "answer" }, box, el("label", {}, mention, " @Lanyard"), el("button", { type: "submit", class: "send", "aria-label": "Send reply" }, icon("send")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text) act("/teams/answer", { message: one.id, text, mention: mention.checked });
  });
  const node = message(one);
  node.querySelector(".body").append(el("div", { class: "replies" }, one.replies.map(written), form));
  return node;
}

function written(one) {
  const at = new Date(one.at);
  const words = one.card ? el("div", { class: "card" }, drawn(one.card, { people: chat.now.people, press: () => {} })) : el("p", { class: "prose said" }, one.text);
  return el("div", { class: "reply" }, face(one.by || chat.bot.id, "tiny"), el("div", { class: "body" }, el("p", { class: "hint" }, `${one.name || "Lanyard"} `, el("time", { datetime: one.at, title: fullTime(at) }, clockTime(at))), words));
}

function spoken(one) {
  const at = new Date(one.at);
  const button = el("button", { type: "button", class: "more-actions", "aria-label": `More actions for the message by ${one.name}` }, icon("more"));
  const report = () => [{ words: "Report this message", press: () => act("/teams/report", { message: one.id }) }];
  return el(
    "article",
    { class: "theirs" },
    face(one.user, "tiny"),
    el("div", { class: "body" }, el("p", { class: "hint" }, `${one.name} `, el("time", { datetime: one.at }, clockTime(at))), el("p", { class: "prose said" }, one.text)),
    menu(button, report, { side: "right" }),
  );
}

async function write(box) {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  await act("/teams/write", { text });
}

const press = (action, message) => act("/teams/press", { message, action });

async function act(path, body) {
  try {
    const said = await say(path, body);
    if (said.trouble || said.aside) toast(said.trouble ?? said.aside);
  } catch (problem) {
    toast(problem.message);
  }
}

choose(chosen());
open(root, {
  teams: true,
  build: () => {
    document.title = `${me().name} · Teams`;
    parts = build();
  },
  draw,
});
