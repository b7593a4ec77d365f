// Somebody else's Slack, seeded as its one argument says, until our standard input ends.
import { createEmulator } from "emulate";

const { port, baseUrl, slack } = JSON.parse(process.argv[2]);
const emulator = await createEmulator({ service: "slack", hostname: "127.0.0.1", port, baseUrl, seed: { slack } });
console.log(emulator.url);
process.stdin.resume();
process.stdin.on("end", async () => {
  await emulator.close();
  process.exit();
});
