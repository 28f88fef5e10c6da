import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expandProxyCommand } from "../../../src/observe/targets/ssh/proxy-command";

const host = { alias: "web", hostName: "web.example.com", port: 2201, user: "deploy" };
const expand = (command: string, more: Partial<typeof host> = {}): string => expandProxyCommand({ command, file: "/home/me/.ssh/config", line: 7 }, { ...host, ...more });

describe("a ProxyCommand's line", () => {
  it("has its tokens replaced and nothing else", () => {
    expect(expand("nc -x %n 100%% '%h' %p %r $HOME \"a b\"")).toBe("nc -x web 100% 'web.example.com' 2201 deploy $HOME \"a b\"");
    expect(expand("nc %h %p", { hostName: "fe80::1%eth0" })).toBe("nc fe80::1%eth0 2201");
  });

  it.each(["nc %d", "nc %C", "nc %"])("names the place of a token that it does not have: %s", (command) => {
    expect(() => expand(command)).toThrow(/config:7/);
  });

  it.each(["a;id", "$(id)", "`id`", "a b", "-oProxyCommand=id", "a\nb", "a'b", "a|b", "a&b", "a>b", "é", ""])("takes no host name that is more than a word: %j", (hostName) => {
    expect(() => expand("nc %h %p", { hostName })).toThrow(/host name/);
    expect(() => expand("nc %n %p", { alias: hostName })).toThrow(/letters/);
    expect(() => expand("nc %r", { user: hostName })).toThrow(/user/);
  });

  it("gives the shell exactly the word that was the name, whatever the name", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "1", ".", ":", "-", "%", "[", "]", "_", "$", ";", " ", "'", "\"", "\\", "*", "?", "~", "{", "#", "\n", "é") }), (hostName) => {
      let line: string;
      try {
        line = expand("printf %%s %h", { hostName });
      } catch (error) {
        expect(error).toMatchObject({ reason: "configInvalid" });
        return;
      }
      expect(execFileSync("sh", ["-c", line], { encoding: "utf8", cwd: "/proc" })).toBe(hostName);
    }), { numRuns: 150 });
  });
});
