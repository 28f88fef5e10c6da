import { describe, expect, test } from "vitest";
import { printable, textOfInvestigation } from "../../src/report/text";
import { pinnedCase } from "../editor/fixtures/pinned-case";

describe("a report for a terminal", () => {
  test("control sequences of a host become visible", () => {
    expect(printable("a\u001b[2Jb\u0007c\u202Ed\r\ne")).toBe("a\\x1b[2Jb\\x07c\\u202ed\\x0d\\x0ae");
    expect(printable("CLOSE_WAIT 用户 é")).toBe("CLOSE_WAIT 用户 é");
  });

  test("nothing of a hostile process name reaches the terminal raw", () => {
    const investigation = pinnedCase();
    const hostile = "sh\u001b]0;owned\u0007op";
    const text = textOfInvestigation({
      ...investigation,
      diagnoses: investigation.diagnoses.map((diagnosis) => ({ ...diagnosis, title: hostile, process: { pid: 1, name: hostile, commandLine: null } })),
    });
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(text).toContain("owned");
  });

  test("says the title, the evidence and the first suspect with its place", () => {
    const investigation = pinnedCase();
    const text = textOfInvestigation(investigation);
    const [diagnosis] = investigation.diagnoses;
    const [suspect] = investigation.suspects;
    expect(text).toContain(diagnosis?.title);
    for (const evidence of diagnosis?.evidence ?? []) expect(text).toContain(evidence.text);
    expect(text).toContain(`${suspect?.file}:${suspect?.line}:${suspect?.column}`);
    expect(text.indexOf(diagnosis?.title ?? "?")).toBeLessThan(text.indexOf(`${suspect?.file}:${suspect?.line}`));
  });

  test("a clean bill is said, and what was not seen is said with it", () => {
    const investigation = pinnedCase();
    const snapshot = investigation.snapshots.at(-1);
    if (snapshot === undefined) throw new Error("the case has no snapshot");
    const text = textOfInvestigation({
      ...investigation, diagnoses: [], suspects: [],
      snapshots: [{ ...snapshot, missing: [{ what: "owners of other users' sockets", why: "not root", remedy: "Scan as root." }] }],
    });
    expect(text).toContain("Nothing wrong");
    expect(text).toContain("owners of other users' sockets: not root. Scan as root.");
  });
});
