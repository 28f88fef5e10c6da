import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainSshWords } from "../../../src/observe/targets/system-ssh/ssh-words";
import { readAskpassPrompt } from "../../../src/observe/targets/system-ssh/askpass-question";
import { sshArguments } from "../../../src/observe/targets/system-ssh/ssh-arguments";

describe("the words of ssh", () => {
  it.each([
    ["ssh: Could not resolve hostname nowhere: Name or service not known", "unreachable"],
    ["ssh: connect to host 10.0.0.9 port 22: Connection refused", "unreachable"],
    ["ssh: connect to host 10.0.0.9 port 22: No route to host", "unreachable"],
    ["ssh: connect to host 10.0.0.9 port 22: Connection timed out", "timeout"],
    ["Connection timed out during banner exchange\nConnection to 10.0.0.9 port 22 timed out", "timeout"],
    ["@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@\nHost key verification failed.", "hostKeyChanged"],
    ["No ED25519 host key is known for web and you have requested strict checking.\nHost key verification failed.", "hostKeyUnknown"],
    ["deploy@web: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).", "authRefused"],
    ["Received disconnect from 10.0.0.9 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.9 port 22", "authRefused"],
    ["kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.9 port 22", "connectionLost"],
    ["Connection reset by 10.0.0.9 port 22", "connectionLost"],
    ["Unable to negotiate with 10.0.0.9 port 22: no matching host key type found. Their offer: ssh-dss", "unsupported"],
    ["/home/me/.ssh/config: line 3: Bad configuration option: nosuch\n/home/me/.ssh/config: terminating, 1 bad configuration options", "configInvalid"],
    ["channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535", "unreachable"],
    ["channel 0: open failed: connect failed: open failed", "unsupported"],
    ["mux_client_request_session: session request failed: Session open refused by peer", "unsupported"],
    ["Timeout, server 10.0.0.9 not responding.", "connectionLost"],
    ["something new", "connectionLost"],
    ["", "connectionLost"],
  ])("%j is %s", (words, reason) => {
    expect(explainSshWords("web", words)).toMatchObject({ reason, message: expect.stringContaining("web") });
  });

  it("never hands on a control character, whatever the host says", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (words) => {
      expect(explainSshWords("web", words).message).not.toMatch(/[\u0000-\u001f\u007f]/);
    }));
  });
});

describe("a question of ssh", () => {
  const target = { user: "deploy", host: "web.example.com", port: 2201 };
  const secret = (prompt: string): unknown => {
    const asked = readAskpassPrompt(prompt, "", target);
    return asked.kind === "secret" ? { ...asked.question, user: undefined, host: undefined } : asked;
  };

  it("is recognised", () => {
    expect(secret("deploy@web.example.com's password: ")).toMatchObject({ kind: "password", storageKey: "password:deploy@web.example.com:2201" });
    expect(secret("me@gate's password: ")).toMatchObject({ kind: "password", storageKey: null });
    expect(secret("Enter passphrase for key '/home/me/.ssh/id': ")).toMatchObject({ kind: "passphrase", keyFile: "/home/me/.ssh/id", storageKey: "passphrase:/home/me/.ssh/id" });
    expect(secret("(deploy@web) Verification code: ")).toMatchObject({ kind: "keyboard-interactive", prompt: "(deploy@web) Verification code:", storageKey: null });
    expect(secret("Enter PIN for ED25519-SK key /home/me/.ssh/id_ed25519_sk: ")).toMatchObject({ kind: "keyboard-interactive", storageKey: null });
    expect(readAskpassPrompt("Confirm user presence for key ED25519-SK SHA256:abc", "none", target)).toEqual({ kind: "notice", text: "Confirm user presence for key ED25519-SK SHA256:abc" });
    expect(readAskpassPrompt("Accept updated hostkeys? (yes/no): ", "", target)).toEqual({ kind: "no" });
    const unknown = "The authenticity of host '[gate]:2200 ([10.0.0.2]:2200)' can't be established.\nED25519 key fingerprint is SHA256:3kf/Yx+a.\nThis key is not known by any other names.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ";
    expect(readAskpassPrompt(unknown, "", target)).toMatchObject({ kind: "hostKey", question: { host: "gate", port: 2200, keyType: "ED25519", fingerprint: "SHA256:3kf/Yx+a" } });
    expect(readAskpassPrompt(unknown.replace("[gate]:2200 ([10.0.0.2]:2200)", "gate (10.0.0.2)"), "", target)).toMatchObject({ kind: "hostKey", question: { host: "gate", port: 22 } });
  });

  it("is never answered yes by itself, whatever it is", () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom("", "confirm", "none"), (prompt, style) => {
      expect(["secret", "no", "notice", "hostKey"]).toContain(readAskpassPrompt(prompt, style, target).kind);
    }));
  });
});

it("ssh's arguments keep what comes from elsewhere behind `--`, and forward nothing", () => {
  const settings = { strictHostKeyChecking: "ask" as const, keepalive: { intervalMs: 15_000, count: 3 } };
  fc.assert(fc.property(fc.string(), fc.option(fc.string()), (host, user) => {
    const args = sshArguments({ kind: "ssh", host, user, port: 22 }, { command: "sh -s", settings, canAsk: true });
    expect(args.slice(-3)).toEqual(["--", host, "sh -s"]);
    for (const option of ["ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "GSSAPIDelegateCredentials=no", "ControlMaster=no", "StrictHostKeyChecking=ask"]) {
      expect(args[args.indexOf(option) - 1]).toBe("-o");
    }
    if (user !== null) expect(args[args.indexOf("-l") + 1]).toBe(user);
  }));
  expect(sshArguments({ kind: "ssh", host: "h", user: null, port: null }, { command: "sh -s", settings, canAsk: false })).toContain("BatchMode=yes");
});
