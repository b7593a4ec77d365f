// What the page knows: who is looking, what the server last said, and where on the page they are.

import * as door from "./door.js";

export const chat = {
  as: null,
  place: "/ui", // whose page it is: the chat's, or that of Teams
  team: {},
  people: [],
  commands: [],
  shortcuts: [],
  bot: {},
  teams: [], // who is in the school's Teams; nobody where there is none
  now: null, // the server's last state
  fetchedAt: 0,
  online: true,
  route: { channel: null, part: null },
};

const listeners = new Set();
export const whenChanged = (listener) => listeners.add(listener);
export const redraw = () => {
  for (const listener of listeners) listener();
};

export async function meetPeople() {
  const known = await door.people();
  Object.assign(chat, {
    team: known.team ?? {},
    people: known.people,
    commands: known.commands ?? [],
    shortcuts: known.shortcuts ?? [],
    bot: known.bot ?? {},
    teams: known.teams ?? [],
  });
}

export const me = () => person(chat.as);

export function person(id) {
  return chat.people.find((one) => one.id === id) ?? null;
}

export function nameOf(id) {
  return person(id)?.name ?? (id === chat.bot.id ? chat.bot.name : "Someone");
}

export function channels() {
  const known = chat.now?.channels ?? [];
  const mail = chat.now?.inbox ?? [];
  if (known.some((one) => one.kind === "inbox") || (me()?.chat && !mail.length)) return known;
  return [...known, { id: "inbox", name: "Inbox", kind: "inbox", unread: mail.filter((one) => !one.read).length }];
}

export const channel = (id) => channels().find((one) => one.id === id) ?? null;

// The other person in a direct message.
export function otherIn(channel) {
  const others = Array.isArray(channel.members) ? channel.members.filter((id) => id !== chat.as) : [];
  return others[0] ?? chat.people.find((one) => one.name === channel.name)?.id;
}

let fetching = null;
let again = false;

// One fetch at a time; a change seen meanwhile fetches once more, so the last word is always the server's newest.
export function refresh() {
  if (fetching) {
    again = true;
    return fetching;
  }
  fetching = fetchState().finally(() => {
    fetching = null;
  });
  return fetching;
}

async function fetchState() {
  do {
    again = false;
    try {
      chat.now = await door.state(chat.as, chat.place);
      chat.fetchedAt = Date.now();
      chat.online = true;
    } catch (problem) {
      if (!(problem instanceof door.Unreachable)) throw problem;
      chat.online = false;
    }
  } while (again);
  redraw();
}

// Says something to the server as the person looking, then draws what came of it.
export async function say(path, body) {
  try {
    return await door.send(path, { as: chat.as, ...body });
  } finally {
    await refresh();
  }
}

export function readRoute() {
  const [, id = "", part = "", rest = ""] = location.hash.split("/").map(decodeURIComponent);
  chat.route = { channel: id || null, part: part || null, rest: rest || null };
}

export const path = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;
export const go = (...parts) => {
  location.hash = path(...parts);
};
