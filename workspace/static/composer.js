// The box to write in: Enter sends, Shift and Enter breaks the line, "/" offers the commands.

import { el, icon, uid } from "./dom.js";
import { lightning } from "./shortcuts.js";
import { chat, say } from "./state.js";

const drafts = new Map(); // what was begun in each channel and thread

// place: {channel, thread, label, testid}
export function composer(place) {
  const it = { place, key: `${place.channel}/${place.thread ?? ""}`, at: 0 };
  const id = uid("write");
  it.list = el("div", {
    class: "options above",
    role: "listbox",
    id: `${id}-list`,
    "aria-label": "Commands",
    hidden: true,
  });
  it.box = writingBox(it, id);
  it.problem = el("p", { class: "trouble", role: "alert", hidden: true });
  it.send = el(
    "button",
    { type: "submit", class: "send", "aria-label": "Send", "data-testid": place.sendTestid },
    icon("send"),
  );
  const submit = (event) => {
    event.preventDefault();
    deliver(it);
  };
  const label = el("label", { class: "unseen", for: id }, place.label);
  const line = el("div", { class: "writing" }, label, lightning(), it.box, it.send);
  queueMicrotask(() => fit(it.box));
  return el("form", { class: "composer", onsubmit: submit }, it.problem, it.list, line, hint(place));
}

function writingBox(it, id) {
  const box = el("textarea", {
    id,
    class: "write",
    rows: "1",
    placeholder: it.place.label,
    "data-testid": it.place.testid,
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-controls": it.list.id,
    "aria-haspopup": "listbox",
    onkeydown: (event) => keys(event, it),
    onblur: () => shut(it),
  });
  box.value = drafts.get(it.key) ?? "";
  box.addEventListener("input", () => {
    drafts.set(it.key, box.value);
    it.problem.hidden = true;
    fit(box);
    offer(it);
  });
  return box;
}

function hint(place) {
  const commands = !place.thread && chat.commands.length > 0 && ` · ${chat.commands.join(" and ")} ${chat.commands.length > 1 ? "are commands" : "is a command"}`;
  return el(
    "p",
    { class: "hint keys", "aria-hidden": "true" },
    "Enter sends · Shift + Enter starts a new line",
    commands,
  );
}

function shut({ list, box }) {
  list.hidden = true;
  box.removeAttribute("aria-activedescendant");
}

function fit(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
}

function matching({ box, place }) {
  const begun = box.value;
  if (place.thread || !begun.startsWith("/") || /\s/.test(begun)) return [];
  return chat.commands
    .map((one) =>
      typeof one === "string"
        ? { name: one, about: "Report something that worries you" }
        : { name: one.command ?? one.name, about: one.description ?? "" },
    )
    .filter((one) => one.name.startsWith(begun));
}

function offer(it) {
  const found = matching(it);
  it.at = Math.min(it.at, Math.max(0, found.length - 1));
  it.list.hidden = found.length === 0;
  it.list.replaceChildren(
    ...found.map((one, at) =>
      el(
        "div",
        {
          class: "option",
          role: "option",
          id: `${it.list.id}-${at}`,
          "aria-selected": String(at === it.at),
          data: { value: one.name },
          onmousedown: (event) => {
            event.preventDefault();
            take(it, one.name);
          },
        },
        el("strong", {}, one.name),
        el("span", { class: "hint" }, one.about),
      ),
    ),
  );
  if (found.length) it.box.setAttribute("aria-activedescendant", `${it.list.id}-${it.at}`);
  else it.box.removeAttribute("aria-activedescendant");
}

function take(it, name) {
  it.box.value = name;
  drafts.set(it.key, name);
  shut(it);
  it.box.focus();
}

function keys(event, it) {
  if (event.isComposing) return;
  const found = it.list.hidden ? [] : matching(it);
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (found.length && move) {
    it.at = (it.at + move + found.length) % found.length;
    offer(it);
  } else if (found.length && (event.key === "Tab" || (event.key === "Enter" && it.box.value !== found[it.at].name)))
    take(it, found[it.at].name);
  else if (found.length && event.key === "Escape") shut(it);
  else if (event.key === "Enter" && !event.shiftKey) deliver(it);
  else return;
  event.preventDefault();
}

async function deliver(it) {
  const text = it.box.value.trim();
  if (!text || it.busy) return;
  const first = text.split(/\s/, 1)[0];
  const command = first.startsWith("/") && chat.commands.some((one) => (one.command ?? one.name ?? one) === first);
  if (first.startsWith("/") && !command)
    return fail(it, `${first} is not a command here. Try ${chat.commands.join(", ")}.`);
  if (command && it.place.thread) return fail(it, `${first} does not work inside a thread. Use it in the channel.`);
  it.busy = true;
  shut(it);
  it.send.setAttribute("aria-busy", "true");
  write(it, "");
  try {
    const where = { channel: it.place.channel, text };
    await say(
      command ? "/ui/command" : "/ui/message",
      it.place.thread ? { ...where, thread_ts: it.place.thread } : where,
    );
  } catch (problem) {
    if (!it.box.value) write(it, text);
    fail(it, `${problem.message} Your words are still here.`);
  } finally {
    it.busy = false;
    it.send.removeAttribute("aria-busy");
  }
}

function write(it, text) {
  it.box.value = text;
  drafts.set(it.key, text);
  fit(it.box);
}

function fail(it, words) {
  it.problem.textContent = words;
  it.problem.hidden = false;
}
