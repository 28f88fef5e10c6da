import { connect } from "node:net";

/** Messages of the agent protocol (draft-miller-ssh-agent, sections 3 and 5.1). */
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const LONGEST_ANSWER = 256 * 1024;
const PATIENCE_MS = 2000;

/**
 * The types of the keys that an agent holds, also of those that the protocol library leaves out of its list: security keys (`sk-...`) and
 * certificates (`...-cert-v01@openssh.com`). An agent that does not answer holds none.
 */
export async function agentKeyTypes(socketPath: string): Promise<string[]> {
  const answer = await new Promise<Buffer>((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect(socketPath);
    const done = (): void => {
      socket.destroy();
      resolve(received);
    };
    socket.setTimeout(PATIENCE_MS, done);
    socket.on("error", done);
    socket.on("close", done);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length > LONGEST_ANSWER || (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0))) done();
    });
    socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES]));
  });
  return readIdentityTypes(answer);
}

function readIdentityTypes(answer: Buffer): string[] {
  if (answer.length < 9 || answer[4] !== IDENTITIES_ANSWER) return [];
  const types: string[] = [];
  let at = 9;
  const next = (): Buffer | null => {
    if (at + 4 > answer.length) return null;
    const end = at + 4 + answer.readUInt32BE(at);
    if (end > answer.length) return null;
    const field = answer.subarray(at + 4, end);
    at = end;
    return field;
  };
  for (let left = answer.readUInt32BE(5); left > 0; left--) {
    const blob = next();
    if (blob === null || next() === null || blob.length < 4) break;
    types.push(blob.toString("latin1", 4, 4 + Math.min(blob.readUInt32BE(0), blob.length - 4)));
  }
  return types;
}
