// The clock in the corner, the buttons that move it on, and the menu that makes the line misbehave.

import { toast, el, icon } from "./dom.js";
import { menu } from "./menu.js";
import { chat, say } from "./state.js";
import { clockTime, fullTime, shortDay } from "./times.js";

const STEPS = [
  ["20m", "+20 min", "Move the school's clock on by 20 minutes"],
  ["morning", "Tomorrow", "Move the school's clock on to tomorrow morning"],
  ["week", "Next week", "Move the school's clock on by a week"],
  ["term", "Next term", "Move the school's clock on to the first morning of next term"],
];
const BEGINS = "The first morning of next term goes by, from 8 to 10 o'clock.";
const BEGUN = "Lanyard has written to everybody who has something to do.";
const MISCHIEF = [
  { kind: "slow", times: 1, seconds: 5, words: "Be slow", more: "The chat takes 5 seconds over the bot's next call" },
  {
    kind: "duplicate",
    times: 1,
    seconds: 0,
    words: "Deliver twice",
    more: "The next form or message reaches the bot two times",
  },
  {
    kind: "drop",
    times: 1,
    seconds: 0,
    words: "Drop the line",
    more: "The bot's next message is posted, but the answer is lost",
  },
];

export function clock() {
  const time = el("time", { "data-testid": "clock-now" });
  const line = el("span", { class: "line", role: "status" });
  const steps = STEPS.map(([forward, words, title]) =>
    step({ title, "data-testid": `clock-${forward}`, onclick: (event) => move(event.currentTarget, forward) }, words),
  );
  const label = "Make it misbehave";
  const more = step({ title: label, "aria-label": label, "data-testid": "mischief" }, icon("more"));
  const entries = () =>
    MISCHIEF.map((one) => ({ ...one, testid: `mischief-${one.kind}`, press: () => misbehave(one) }));
  setInterval(() => tick(time), 1000);
  const held = { class: "clock", role: "group", "aria-label": "The school's clock" };
  return {
    time,
    line,
    node: el("div", held, line, icon("clock"), time, ...steps, menu(more, entries, { side: "right" })),
  };
}

const step = (props, inside) => el("button", { type: "button", class: "step", ...props }, inside);

export function drawClock({ time, line }) {
  tick(time);
  const words = chat.online ? "" : "Reconnecting…";
  if (line.textContent !== words) line.textContent = words;
}

function now() {
  return new Date(Date.parse(chat.now.clock.now) + Date.now() - chat.fetchedAt);
}

function tick(time) {
  if (!chat.now?.clock) return;
  const at = now();
  const words = `${shortDay(at)}, ${clockTime(at)}`;
  if (time.textContent === words) return;
  time.textContent = words;
  time.dateTime = at.toISOString();
}

async function move(button, forward) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    if (forward === "term") toast(BEGINS);
    await say("/ui/clock", { forward });
    toast(`It is now ${fullTime(now())}.${forward === "term" ? ` ${BEGUN}` : ""}`);
  } catch (problem) {
    toast(problem.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function misbehave({ kind, times, seconds, more }) {
  say("/ui/mischief", { kind, times, seconds }).then(
    () => toast(`${more}.`),
    (problem) => toast(problem.message),
  );
}
