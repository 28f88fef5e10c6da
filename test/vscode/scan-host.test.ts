import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Sshd } from "../integration/ssh/sshd-rig";
import { startSshd } from "../integration/ssh/sshd-rig";
import { SOON, Workbench, until } from "./workbench-rig";

/** `SHA256:...` of a host key, as OpenSSH itself computes it. */
function fingerprint(hostKeyFile: string): string {
  return execFileSync("ssh-keygen", ["-lf", `${hostKeyFile}.pub`], { encoding: "utf8" }).split(" ")[1] ?? "";
}

describe("scanning a host over real ssh", () => {
  let bench: Workbench;
  let sshd: Sshd;
  let other: Sshd;
  /** Accepts and never says a word, like a host that hangs. */
  let mute: Server;
  const muted = new Set<Socket>();
  const ssh = (): string => join(bench.home, ".ssh");
  const knownHosts = (): string => {
    try {
      return readFileSync(join(ssh(), "known_hosts"), "utf8");
    } catch {
      return "";
    }
  };
  const passphrase = "a long walk";

  beforeAll(async () => {
    sshd = await startSshd();
    other = await startSshd();
    mute = createServer((socket) => {
      muted.add(socket);
      socket.on("error", () => {});
      // Read, or the other side's goodbye is never heard.
      socket.resume();
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const address = mute.address();
    const mutePort = typeof address === "object" && address !== null ? address.port : 0;
    bench = await Workbench.open({
      folder: null,
      // The user's own agent has no part in this.
      env: { SSH_AUTH_SOCK: "" },
      settings: { "leakline.timeLimitSeconds": 60 },
      prepareHome(home) {
        const folder = join(home, ".ssh");
        mkdirSync(folder, { mode: 0o700 });
        copyFileSync(sshd.clientKey, join(folder, "plain"));
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "walker", "-f", join(folder, "locked")]);
        appendFileSync(other.authorizedKeys, readFileSync(join(folder, "locked.pub"), "utf8"));
        for (const key of ["plain", "locked"]) chmodSync(join(folder, key), 0o600);
        const host = (name: string, port: number, key: string): string => `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User ${sshd.user}\n  IdentityFile ${join(folder, key)}\n  IdentitiesOnly yes\n`;
        writeFileSync(join(folder, "config"), [
          host("shop-1", sshd.port, "plain"), host("locked-1", other.port, "locked"), host("mute-1", mutePort, "plain"), "Host *.example !never\n  Port 22\n",
        ].join("\n"), { mode: 0o600 });
      },
    });
    await bench.page.locator('.activitybar a[aria-label^="Leakline"]').click();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await bench?.picture(`host ${task.name}`.replace(/\W+/g, "-"));
  });
  afterAll(async () => {
    await bench?.close();
    for (const socket of muted) socket.destroy();
    mute?.close();
    await sshd?.stop();
    await other?.stop();
  });

  const choose = async (host: string): Promise<void> => {
    await bench.run("Leakline: Scan Host...");
    await bench.answer(host);
  };
  const press = (button: string): Promise<void> => bench.dialog.locator(".dialog-buttons .monaco-button", { hasText: button }).click();
  const idle = (): Promise<unknown> => until("nothing under way", 30_000, async () => (await (await bench.panel()).locator("body").getAttribute("data-busy")) === "false");
  const dismiss = async (): Promise<void> => {
    await bench.run("Notifications: Clear All Notifications");
    await until("no notification", 5000, async () => (await bench.notifications.count()) === 0);
  };

  test("the Targets tree lists this machine and the hosts of the ssh configuration, without its patterns", async () => {
    await expect.poll(() => bench.tree("Targets").allTextContents(), SOON).toEqual(["This machine", "SSH hosts", "shop-1", "locked-1", "mute-1"]);
  });

  test("an unknown host key is shown as OpenSSH prints it, and Enter refuses", async () => {
    await choose("shop-1");
    await bench.dialog.waitFor();
    const text = (await bench.dialog.textContent()) ?? "";
    expect(text).toContain(`127.0.0.1:${sshd.port} is not known yet`);
    expect(text).toContain(fingerprint(sshd.hostKeyFiles[0] ?? ""));
    expect(text).toContain("ssh-ed25519");
    await bench.page.keyboard.press("Enter");
    await expect.poll(() => bench.notifications.allTextContents(), { timeout: 20_000 }).toHaveLength(1);
    expect(knownHosts()).toBe("");
    expect(sshd.log()).not.toContain("Accepted publickey");
    await idle();
    await dismiss();
  });

  test("Connect Once connects and writes nothing", async () => {
    await choose("shop-1");
    await bench.dialog.waitFor();
    await press("Connect Once");
    const panel = await bench.panelWithCase();
    expect(await panel.locator(".head .target, .head h1").allTextContents()).toContain("ssh://shop-1");
    expect(Number((await panel.locator(".states .figure").textContent())?.replace(/\D/g, ""))).toBeGreaterThan(0);
    expect(knownHosts()).toBe("");
  });

  test("Save and Connect writes the key, and nobody is asked again", async () => {
    await choose("shop-1");
    await bench.dialog.waitFor();
    await press("Save and Connect");
    await until("known_hosts is written", 20_000, async () => knownHosts() !== "");
    await bench.panelWithCase();
    const key = (sshd.hostKeyLines[0] ?? "").split(" ").slice(1).join(" ");
    expect(knownHosts()).toContain(key);
    await bench.run("Leakline: Look Again");
    await expect.poll(async () => (await (await bench.panelWithCase()).locator(".head .when").textContent()) ?? "", { timeout: 30_000 }).toContain("2 looks");
    expect(await bench.dialog.count()).toBe(0);
  });

  test("a changed host key ends in an error that offers no way on", async () => {
    const [name] = knownHosts().split(" ");
    const changed = (other.hostKeyLines[0] ?? "").split(" ").slice(1).join(" ");
    writeFileSync(join(ssh(), "known_hosts"), `${name ?? ""} ${changed}\n`);
    await choose("shop-1");
    const said = bench.notifications;
    await expect.poll(() => said.allTextContents(), { timeout: 20_000 }).toEqual([expect.stringMatching(/changed|not the key/i) as string]);
    expect(await bench.dialog.count()).toBe(0);
    const buttons = await bench.page.locator(".notification-toast .notification-list-item-buttons-container .monaco-button").allTextContents();
    expect(buttons).toEqual(["Show Log"]);
    await idle();
    await dismiss();
  });

  test("a passphrase is asked in a box that hides it, kept when the person wishes, used silently, and forgotten on demand", async () => {
    await choose("locked-1");
    await bench.dialog.waitFor();
    await press("Save and Connect");
    const input = bench.quickInput.locator("input.input");
    await until("the passphrase is asked", 20_000, async () => (await input.isVisible()) && (await input.getAttribute("type")) === "password");
    expect(await bench.quickInput.textContent()).toContain("Passphrase of");
    await input.fill(passphrase);
    await bench.page.keyboard.press("Enter");
    const keep = bench.page.locator(".notification-toast .monaco-button", { hasText: "Keep" });
    await keep.waitFor({ timeout: 20_000 });
    await keep.click();
    await bench.panelWithCase();

    await bench.run("Leakline: Look Again");
    await expect.poll(async () => (await (await bench.panelWithCase()).locator(".head .when").textContent()) ?? "", { timeout: 30_000 }).toContain("2 looks");
    expect(await input.isVisible()).toBe(false);

    await bench.run("Leakline: Forget Stored Secrets");
    await expect.poll(() => bench.notifications.allTextContents(), SOON).toEqual(["Leakline: 1 stored secrets forgotten"]);
    await dismiss();
    await bench.run("Leakline: Look Again");
    await until("the passphrase is asked again", 20_000, async () => (await input.isVisible()) && (await input.getAttribute("type")) === "password");
    await bench.page.keyboard.press("Escape");
    await expect.poll(() => bench.notifications.count(), { timeout: 20_000 }).toBe(1);
    await idle();
    await dismiss();
  });

  test("a host that never answers can be cancelled at once, from the status bar", async () => {
    await choose("mute-1");
    await expect.poll(() => bench.statusBar.textContent(), SOON).toContain("Scanning mute-1");
    await until("the connection is made", 10_000, async () => muted.size > 0);
    await bench.statusBar.click();
    await idle();
    await expect.poll(() => bench.notifications.count(), SOON).toBe(0);
    await until("the connection is gone", 10_000, async () => [...muted].every((socket) => socket.closed || socket.readableEnded));
  });

  test("several hosts are shown before they are contacted, stand in one case, and who could not be reached is named", async () => {
    await bench.run("Leakline: Scan Several Hosts...");
    // Another key than the known one stands behind shop-1 by now, and nothing at port 1 of this machine.
    await bench.answer("local shop-* nobody@127.0.0.1:1");
    const listed = bench.page.locator(".quick-input-list .monaco-list-row .label-name");
    await expect.poll(() => listed.allTextContents(), SOON).toEqual(["this machine", "shop-1", "nobody@127.0.0.1:1"]);
    await bench.page.keyboard.press("Enter");
    await expect.poll(() => bench.notifications.allTextContents(), { timeout: 20_000 }).toEqual([expect.stringMatching(/2 of 3 hosts could not be reached: shop-1 .*nobody@127\.0\.0\.1:1/) as string]);
    const panel = await bench.panelWithCase();
    expect(await panel.locator("body").textContent()).toContain("nobody@127.0.0.1:1");
    await idle();
    await dismiss();
  });

  test("no file of the window has the passphrase in it", () => {
    expect(bench.filesWith("PRIVATE KEY").length).toBeGreaterThan(0); // the search itself works
    expect(bench.filesWith(passphrase)).toEqual([]);
  });
});
