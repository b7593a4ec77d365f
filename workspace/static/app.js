// Brambledown chat: builds the page, and draws each part of it whenever something changed.

import { drawChannel, drawThread } from "./channel.js";
import { clock, drawClock } from "./clock.js";
import { el } from "./dom.js";
import { drawInbox } from "./inbox.js";
import { drawModal } from "./modal.js";
import { either, open } from "./opening.js";
import { drawSidebar, hrefOf, sidebar } from "./sidebar.js";
import { channel, channels, chat, readRoute, redraw, say } from "./state.js";

const root = document.getElementById("app");
const wide = matchMedia("(min-width: 800px)");
let parts = null;

function build() {
  const side = sidebar();
  const hands = clock();
  const banner = el("div", { class: "banner", role: "alert", hidden: true, "data-testid": "banner" });
  const main = el("main", { tabindex: "-1" });
  const thread = el("aside", { class: "thread", "aria-label": "Thread", hidden: true });
  root.className = "client";
  root.replaceChildren(
    el(
      "header",
      { class: "bar" },
      el(
        "a",
        { class: "brand", href: "#/" },
        el("img", { src: "/static/mark.svg", alt: "", width: "26", height: "26" }),
        "Brambledown chat",
      ),
      either("Slack"),
      hands.node,
    ),
    side.node,
    main,
    thread,
    banner,
  );
  return { side, hands, main, thread, banner, quiet: null };
}

function draw() {
  if (!chat.now) return;
  if (!channel(chat.route.channel) && wide.matches) return enter();
  const here = channel(chat.route.channel);
  root.dataset.pane = !here ? "list" : chat.route.part === "thread" ? "thread" : "main";
  drawSidebar(parts.side);
  drawClock(parts.hands);
  drawBanner();
  if (!here) parts.main.replaceChildren(el("h1", { class: "unseen" }, "Pick a channel or a message from the list"));
  else if (here.kind === "inbox") drawInbox(parts.main);
  else drawChannel(parts.main);
  drawThread(parts.thread);
  drawModal(chat.now.modals ?? []);
  if (here) seen(here);
}

// On a wide screen somewhere is always open; on a phone the list itself is a place.
function enter() {
  const first = channels()[0];
  if (!first) return;
  history.replaceState(null, "", hrefOf(first));
  readRoute();
  redraw();
}

let telling = false;

function seen(here) {
  const onHome = here.kind === "bot" && chat.route.part === "home";
  if (!here.unread || here.kind === "inbox" || onHome || document.hidden || telling) return;
  telling = true;
  say("/ui/seen", { channel: here.id })
    .catch(() => {})
    .finally(() => {
      telling = false;
    });
}

function drawBanner() {
  const words = chat.now.banner;
  if (!words) parts.quiet = null;
  const show = Boolean(words) && words !== parts.quiet;
  if (show && parts.banner.dataset.words !== words)
    parts.banner.replaceChildren(
      el("p", {}, words),
      el(
        "button",
        {
          type: "button",
          class: "plain",
          onclick: () => {
            parts.quiet = words;
            drawBanner();
          },
        },
        "Dismiss",
      ),
    );
  parts.banner.dataset.words = words ?? "";
  parts.banner.hidden = !show;
}

wide.addEventListener("change", redraw);
open(root, { build: () => (parts = build()), draw });
