// What somebody has filled in on one surface (a modal, the Home, a message), in the shape of Slack's view.state.values.

const KINDS = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  checkboxes: ["selected_options", "initial_options", []],
  multi_static_select: ["selected_options", "initial_options", []],
  users_select: ["selected_user", "initial_user", null],
  multi_users_select: ["selected_users", "initial_users", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  file_input: ["files", null, []],
};

export const keyOf = (type) => KINDS[type]?.[0];

export function shaped(element, value) {
  return { type: element.type, [keyOf(element.type)]: value };
}

export function empty(state) {
  const value = state?.[keyOf(state.type)];
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

export class Answers {
  constructor() {
    this.given = new Map();
  }

  // Takes the server's kept values as a start; what was typed here since then wins.
  start(values = {}) {
    for (const [block, actions] of Object.entries(values ?? {}))
      for (const [action, state] of Object.entries(actions)) {
        const name = nameOf(block, action);
        if (!this.given.has(name) && !empty(state)) this.given.set(name, state);
      }
    return this;
  }

  value(block, element) {
    const [key, initial, none] = KINDS[element.type];
    const state = this.given.get(nameOf(block.block_id, element.action_id));
    if (state && state.type === element.type) return state[key];
    return element[initial] ?? none;
  }

  set(block, element, value) {
    this.given.set(nameOf(block.block_id, element.action_id), shaped(element, value));
  }

  all(blocks) {
    const values = {};
    for (const [block, element] of fields(blocks)) {
      values[block.block_id] ??= {};
      values[block.block_id][element.action_id] = shaped(element, this.value(block, element));
    }
    return values;
  }

  // Forgets fields that the surface no longer shows, as Slack does after an update.
  prune(blocks) {
    const shown = new Set([...fields(blocks)].map(([block, element]) => nameOf(block.block_id, element.action_id)));
    for (const name of [...this.given.keys()]) if (!shown.has(name)) this.given.delete(name);
  }

  // Required inputs that are still empty, and text too short, as {block_id: words}.
  missing(blocks) {
    const errors = {};
    for (const block of blocks.filter((one) => one.type === "input")) {
      const value = this.value(block, block.element);
      const blank = empty(shaped(block.element, typeof value === "string" ? value.trim() : value));
      if (blank && !block.optional) errors[block.block_id] = "Please answer this one.";
      else if (!blank && block.element.min_length > value.length)
        errors[block.block_id] = `Please write at least ${block.element.min_length} characters.`;
    }
    return errors;
  }
}

const nameOf = (block, action) => JSON.stringify([block, action]);

function* fields(blocks) {
  for (const block of blocks ?? [])
    for (const element of [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])])
      if (element && KINDS[element.type]) yield [block, element];
}
