// The inbox of somebody without a chat account: a list, and a pane to read in.

import { backTo } from "./channel.js";
import { el, icon, patch } from "./dom.js";
import { channel as channelOf, chat, path, say } from "./state.js";
import { linked } from "./text.js";
import { clockTime, fullTime, shortDay } from "./times.js";

let shown = null;

export function drawInbox(main) {
  if (!shown || !main.contains(shown.node)) {
    shown = frame();
    main.replaceChildren(shown.node);
  }
  const id = chat.route.part;
  const mails = chat.now.inbox ?? [];
  const open = mails.find((one) => one.id === id);
  shown.node.classList.toggle("reading", Boolean(open));
  patch(shown.list, mails.length ? mails : [null], {
    key: (mail) => mail?.id ?? "none",
    sign: (mail) => JSON.stringify([mail, mail?.id === id]),
    make: (mail) => (mail ? row(mail, mail.id === id) : el("p", { class: "empty" }, "No mail yet.")),
  });
  patch(shown.pane, [open ?? null], {
    key: (mail) => mail?.id ?? "none",
    sign: (mail) => mail?.id ?? "none",
    make: (mail) =>
      mail ? reading(mail) : el("p", { class: "empty" }, mails.length ? "Choose a message to read." : ""),
  });
  if (open && !open.read) say("/ui/mail-read", { id: open.id }).catch(() => {});
}

function frame() {
  const list = el("div", { class: "mails", role: "list" });
  const pane = el("div", { class: "pane", "aria-live": "polite" });
  const node = el(
    "section",
    { class: "inbox", "aria-label": "Inbox" },
    el(
      "div",
      { class: "mail-side" },
      el(
        "header",
        { class: "heading" },
        backTo("#/", "Back to the list"),
        el("div", { class: "names" }, el("h1", {}, "Inbox"), el("p", { class: "hint" }, "E-mail")),
      ),
      list,
    ),
    pane,
  );
  return { node, list, pane };
}

function row(mail, here) {
  const at = new Date(mail.at);
  return el(
    "div",
    { role: "listitem" },
    el(
      "a",
      {
        class: `mail${mail.read ? "" : " unread"}`,
        href: path(chat.route.channel, mail.id),
        "aria-current": here ? "true" : null,
        "data-testid": `mail-${mail.id}`,
        "aria-label": `${mail.read ? "" : "Unread. "}${mail.subject}, from ${sender(mail)}, ${fullTime(at)}`,
      },
      el("span", { class: "from" }, sender(mail)),
      el("time", { datetime: mail.at }, `${shortDay(at)}, ${clockTime(at)}`),
      el("span", { class: "subject" }, mail.subject),
    ),
  );
}

const sender = (mail) => /^\s*"?([^"<]+?)"?\s*</.exec(mail.from)?.[1] ?? mail.from;

function reading(mail) {
  return el(
    "article",
    { class: "reading-mail" },
    el(
      "header",
      { class: "heading" },
      backTo(path(channelOf(chat.route.channel).id), "Back to the inbox"),
      el(
        "div",
        { class: "names" },
        el("h2", {}, mail.subject),
        el("p", { class: "hint" }, icon("mail"), ` ${mail.from} · ${fullTime(new Date(mail.at))}`),
      ),
    ),
    mail.html ? page(mail) : el("div", { class: "letter prose" }, ...linked(mail.text ?? "")),
  );
}

// HTML mail stands in a frame that may run nothing; its links open in tabs of their own.
function page(mail) {
  const frame = el("iframe", {
    class: "letter",
    title: mail.subject,
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
  });
  frame.srcdoc = `<!doctype html><base target="_blank"><meta name="referrer" content="no-referrer"><link rel="stylesheet" href="${location.origin}/static/letter.css">${mail.html}`;
  frame.addEventListener("load", () => {
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 24}px`;
  });
  return frame;
}
