// A surface is where blocks stand (a modal view, the Home, a message): it holds the answers and sends the actions.

import { Answers } from "./answers.js";
import { toast } from "./dom.js";
import { say } from "./state.js";

export function surface(where, { view = null, message = null, onTrouble = toast } = {}) {
  const answers = new Answers();
  const here = { where, answers, blocks: [], uploads: new Set() };
  here.show = (blocks, values) => {
    here.blocks = blocks ?? [];
    answers.prune(here.blocks);
    answers.start(values);
    return here.blocks;
  };
  here.act = async (block, element, chosen) => {
    const body = {
      where,
      message,
      view_id: view,
      block_id: block.block_id,
      action_id: element.action_id,
      element: { type: element.type, action_id: element.action_id, ...chosen },
      values: answers.all(here.blocks),
    };
    try {
      await say("/ui/action", body);
    } catch (problem) {
      onTrouble(problem.message);
    }
  };
  return here;
}
