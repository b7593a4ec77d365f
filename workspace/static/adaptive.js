// Cards as Microsoft's own renderer draws them, in the colours of the theme.

import { theme } from "./themes.js";

const kit = globalThis.AdaptiveCards;
// Words are shown as they are; without this the renderer says so in the console, each time.
kit.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.didProcess = false;
};

const SETS = ".ac-choiceSetInput-expanded, .ac-choiceSetInput-multiSelect";

// The directory that Teams itself searches for a list of people.
export function peopled(part, people) {
  if (Array.isArray(part)) return part.map((each) => peopled(each, people));
  if (!part || typeof part !== "object") return part;
  const whole = Object.fromEntries(Object.entries(part).map(([name, each]) => [name, name === "data" ? each : peopled(each, people)]));
  if (!("choices.data" in whole)) return whole;
  const { "choices.data": _, ...plain } = whole;
  return { ...plain, choices: people.map(({ id, name }) => ({ title: name, value: id })), wrap: true, ...(plain.isMultiSelect ? {} : { style: "filtered" }) };
}

// press(action) is told of every button but those that only unfold something or open a link.
export function drawn(card, { people = [], press }) {
  const shown = new kit.AdaptiveCard();
  shown.hostConfig = new kit.HostConfig(theme().host);
  shown.onExecuteAction = (action) => {
    const type = action.getJsonTypeName();
    if (type === "Action.OpenUrl") window.open(action.url, "_blank", "noopener");
    else press({ type, title: action.title, data: action.data ?? {}, ...(action.verb ? { verb: action.verb } : {}) });
  };
  shown.parse(peopled(card, people));
  const node = shown.render();
  for (const box of node.querySelectorAll("input[type=text], input:not([type]), textarea")) box.autocomplete = "off";
  // The renderer leaves the box of a list to search without its label, and shows what it stands for in place of a name.
  for (const label of node.querySelectorAll("label")) node.querySelector(`[id="${label.htmlFor}"] input[list], [id="${label.htmlFor}"]:is(${SETS})`)?.setAttribute("aria-labelledby", label.id);
  // It draws a set of answers as a box that says what it asks for and not what it is.
  for (const set of node.querySelectorAll(SETS)) {
    const one = set.querySelector("input[type=radio]");
    set.setAttribute("role", one ? "radiogroup" : "group");
    if (!one) set.removeAttribute("aria-required");
  }
  for (const box of node.querySelectorAll("input[list]")) box.value = people.find(({ id }) => id === box.value)?.name ?? box.value;
  return node;
}
