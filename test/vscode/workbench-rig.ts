import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { setUpWorkbench } from "./set-up.mjs";

/**
 * The real VS Code: code-server's workbench and extension host with the packaged extension installed, driven in a real browser.
 * Everything a run makes lies in one temporary folder and every process it starts ends with `close()`.
 */

export const ROOT = join(import.meta.dirname, "..", "..");
/** `LEAKLINE_VSIX` names another package to try. */
const VSIX = process.env["LEAKLINE_VSIX"] ?? join(ROOT, "dist", "leakline.vsix");
const CHROMIUM_FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none",
];

/** For `expect.poll`: the window is real, the machine may be busy. */
export const SOON = { timeout: 20_000 };

export const DARK = "Default Dark Modern";
export const LIGHT = "Default Light Modern";

export interface WorkbenchOptions {
  /** The folder to open, or a `.code-workspace` file with several; null for an empty window. */
  readonly folder: string | null;
  readonly theme?: string;
  readonly width?: number;
  readonly height?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Asks the workspace-trust question like a desktop does. Off: every folder is trusted. */
  readonly trust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the run's own home folder before anything starts, to lay out ~/.ssh. */
  readonly prepareHome?: (home: string) => void;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** The package under test. `npm test` has built it; run alone, the tests build it once. */
function packagedExtension(): string {
  if (existsSync(VSIX)) return VSIX;
  for (const args of [["build/compile.mjs", "--production"], ["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--no-rewrite-relative-links", "--out", VSIX]]) {
    const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`node ${args.join(" ")} failed:\n${run.stdout}\n${run.stderr}`);
  }
  return VSIX;
}

function chromium(): string {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
  if (found === undefined) throw new Error("no browser: apt-get install -y chromium");
  return found;
}

async function until<T>(what: string, limitMs: number, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ends a process group: code-server's hosts are children of children. */
async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
    }
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2000))]);
  }
}

/** One window of the workbench, with the words a test needs. */
export class Workbench {
  private constructor(
    readonly page: Page,
    readonly home: string,
    readonly userData: string,
    private readonly browser: Browser,
    private readonly server: ChildProcess,
    private readonly folder: string,
  ) {}

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { node, entry } = setUpWorkbench((line) => console.error(line));
    const folder = mkdtempSync(join(tmpdir(), "leakline-workbench-"));
    const [userData, extensions, home] = ["user-data", "extensions", "home"].map((name) => join(folder, name)) as [string, string, string];
    mkdirSync(join(userData, "User"), { recursive: true });
    mkdirSync(home, { recursive: true });
    options.prepareHome?.(home);
    writeFileSync(join(userData, "User", "settings.json"), JSON.stringify({
      "workbench.colorTheme": options.theme ?? DARK,
      "workbench.startupEditor": "none",
      "workbench.tips.enabled": false,
      "workbench.welcomePage.walkthroughs.openOnInstall": false,
      "workbench.secondarySideBar.defaultVisibility": "hidden",
      "workbench.enableExperiments": false,
      "chat.disableAIFeatures": true,
      "editor.minimap.enabled": false,
      "git.enabled": false,
      "telemetry.telemetryLevel": "off",
      "extensions.autoCheckUpdates": false,
      "extensions.ignoreRecommendations": true,
      "window.commandCenter": false,
      "breadcrumbs.enabled": false,
      // The status bar counts a tab as so many columns as it is wide: with 1 it tells the true column.
      "editor.tabSize": 1,
      "editor.detectIndentation": false,
      ...options.settings,
    }));
    const env = { ...process.env, ...options.env, HOME: home, XDG_CONFIG_HOME: join(home, ".config"), XDG_DATA_HOME: join(home, ".local"), XDG_CACHE_HOME: join(home, ".cache") };
    const where = ["--user-data-dir", userData, "--extensions-dir", extensions];
    const install = spawnSync(node, [entry, ...where, "--install-extension", packagedExtension()], { env, encoding: "utf8", timeout: 120_000 });
    if (install.status !== 0 || !/successfully installed/.test(install.stdout)) throw new Error(`the .vsix was not installed:\n${install.stdout}\n${install.stderr}`);

    const port = await freePort();
    const log: string[] = [];
    const server = spawn(node, [
      entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, ...where, "--disable-telemetry", "--disable-update-check",
      ...(options.trust === true ? [] : ["--disable-workspace-trust"]),
    ], { env, cwd: home, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    server.stdout?.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    server.stderr?.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    let browser: Browser | null = null;
    try {
      await until(`code-server on port ${port}`, 60_000, async () => {
        if (server.exitCode !== null) throw new Error(`code-server ended:\n${log.join("")}`);
        return fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);
      });
      const { chromium: engine } = await import("playwright-core");
      browser = await engine.launch({ executablePath: chromium(), headless: true, args: CHROMIUM_FLAGS });
      const page = await browser.newPage({ viewport: { width: options.width ?? 1440, height: options.height ?? 900 } });
      const workbench = new Workbench(page, home, userData, browser, server, folder);
      const query = options.folder === null ? "" : `?${options.folder.endsWith(".code-workspace") ? "workspace" : "folder"}=${encodeURIComponent(options.folder)}`;
      await page.goto(`http://127.0.0.1:${port}/${query}`, { timeout: 120_000 });
      await workbench.ready();
      return workbench;
    } catch (thrown) {
      await browser?.close();
      await endGroup(server);
      rmSync(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .statusbar").waitFor({ timeout: 60_000 });
    await this.page.locator('.activitybar a[aria-label^="Leakline"]').waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await endGroup(this.server);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A fresh start of the window, as `Developer: Reload Window` does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** A picture for whoever looks into a failure; test/vscode/.cache is never committed. */
  async picture(name: string): Promise<void> {
    const folder = join(import.meta.dirname, ".cache");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  // The palette and quick inputs

  /** Runs a command by the title that the palette shows. */
  async run(title: string): Promise<void> {
    const { page } = this;
    for (let attempt = 0; ; attempt++) {
      await page.keyboard.press("F1");
      const input = page.locator(".quick-input-widget input.input");
      await input.waitFor({ state: "visible", timeout: 10_000 });
      await input.fill(`>${title}`);
      const first = page.locator(".quick-input-list .monaco-list-row").first();
      try {
        await until(`the palette offers "${title}"`, 8000, async () => (await first.getAttribute("aria-label").catch(() => null))?.toLowerCase().startsWith(title.toLowerCase()));
        await page.keyboard.press("Enter");
        return;
      } catch (thrown) {
        await page.keyboard.press("Escape");
        if (attempt >= 2) throw thrown;
      }
    }
  }

  /** What the palette lists for the words. */
  async paletteTitles(words: string): Promise<string[]> {
    const { page } = this;
    await page.keyboard.press("F1");
    const input = page.locator(".quick-input-widget input.input");
    await input.waitFor({ state: "visible" });
    await input.fill(`>${words}`);
    await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await page.waitForTimeout(300);
    const titles = await page.locator(".quick-input-list .monaco-list-row .label-name").allTextContents();
    await page.keyboard.press("Escape");
    return titles;
  }

  /** Answers the input box or quick pick that is open. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor({ state: "visible", timeout: 30_000 });
    await input.fill(text);
    await this.page.waitForTimeout(200);
    await this.page.keyboard.press("Enter");
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    const first = this.page.locator(".quick-input-list .monaco-list-row").first();
    // What quick open lists is read when it opens: a file that was written a moment ago is in the next list.
    for (let attempt = 1; ; attempt += 1) {
      await this.page.keyboard.press("Control+p");
      await input.waitFor({ state: "visible", timeout: 10_000 });
      await input.fill(name);
      try {
        await until(`${name} in quick open`, 6_000, async () => (await first.getAttribute("aria-label", { timeout: 500 }).catch(() => null))?.startsWith(name));
        break;
      } catch (thrown) {
        await this.page.keyboard.press("Escape");
        if (attempt === 4) throw thrown;
      }
    }
    await this.page.keyboard.press("Enter");
    await until(`${name} in the editor`, 20_000, async () => (await this.editorPlace())?.file === name);
  }

  /** Types a path into the file dialog that is open (code-server has VS Code's own, not the system's) and accepts it. */
  async chooseFile(path: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor({ state: "visible", timeout: 30_000 });
    // The dialog writes its first folder into the box when it has read it, over whatever stands there.
    await until("the file dialog's first folder", 20_000, async () => (await input.inputValue()).startsWith("/"));
    await until(`the path ${path} in the dialog`, 20_000, async () => {
      await input.fill(path);
      await this.page.waitForTimeout(400);
      return (await input.inputValue()) === path;
    });
    await this.page.keyboard.press("Enter");
    // Another question may follow in the same box.
    await until("the dialog's end", 20_000, async () => !(await input.isVisible()) || (await input.inputValue({ timeout: 500 }).catch(() => "")) !== path);
  }

  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  get notifications(): Locator {
    return this.page.locator(".notification-toast .notification-list-item-message");
  }

  // The panel

  /** The webview's innermost document: a frame inside a frame. `place` picks the side bar's or the editor tab's. */
  async panel(place: "side" | "tab" = "side"): Promise<Frame> {
    return until(`the Investigation panel (${place})`, 30_000, async () => {
      for (const frame of this.page.frames()) {
        // As text: this project knows no DOM.
        const here = await frame.evaluate<unknown>('document.querySelector("#panel > *") === null ? null : document.body.dataset.place').catch(() => null);
        if (here === place) return frame;
      }
      return null;
    });
  }

  /** The panel once it shows a case and nothing is under way. */
  async panelWithCase(place: "side" | "tab" = "side"): Promise<Frame> {
    return until("a case in the panel", 60_000, async () => {
      const frame = await this.panel(place);
      const idle = await frame.evaluate<unknown>('document.querySelector(".head h1") !== null && document.body.dataset.busy === "false"').catch(() => false);
      return idle === true ? frame : null;
    });
  }

  // The editor

  /** File name, line and column of the active editor, as the tab and the status bar tell them. */
  async editorPlace(): Promise<{ file: string; line: number; column: number } | null> {
    const position = await this.page.locator("#status\\.editor\\.selection").textContent({ timeout: 500 }).catch(() => null);
    const match = /Ln (\d+), Col (\d+)/.exec(position ?? "");
    const tab = await this.page.locator(".editor-group-container.active .tab.active").first().getAttribute("data-resource-name", { timeout: 500 }).catch(() => null);
    return match === null || tab === null ? null : { file: tab, line: Number(match[1]), column: Number(match[2]) };
  }

  /** Puts the cursor of the active editor on a line and column. */
  async goTo(line: number, column = 1): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    // On a busy machine the key may be accepted before what was typed.
    for (let attempt = 1; ; attempt += 1) {
      await this.page.keyboard.press("Control+g");
      await input.waitFor({ state: "visible", timeout: 10_000 });
      await input.fill(`:${line}:${column}`);
      await this.page.keyboard.press("Enter");
      try {
        await until(`the cursor at ${line}:${column}`, attempt === 4 ? 10_000 : 3_000, async () => {
          const place = await this.editorPlace();
          return place !== null && place.line === line && place.column === column;
        });
        return;
      } catch (thrown) {
        if (attempt === 4) throw thrown;
        await this.page.keyboard.press("Escape");
      }
    }
  }

  async waitForEditor(file: string, line: number, column: number): Promise<void> {
    let last: unknown = null;
    await until(`the editor at ${file}:${line}:${column}`, 20_000, async () => {
      const place = await this.editorPlace();
      last = place;
      return place !== null && place.file === file && place.line === line && place.column === column;
    }).catch((thrown: Error) => {
      throw new Error(`${thrown.message}; it is at ${JSON.stringify(last)}`);
    });
  }

  /** Rows of the Problems view. */
  async problems(): Promise<string[]> {
    await this.run("Problems: Focus on Problems View");
    const rows = this.page.locator(".markers-panel .monaco-list-row");
    await rows.first().waitFor({ timeout: 15_000 });
    return rows.evaluateAll((all) => all.map((row) => row.getAttribute("aria-label") ?? row.textContent ?? ""));
  }

  /** Rows of a tree view of the side bar, by the view's title. */
  tree(title: string): Locator {
    return this.page.locator(`.pane:has(.pane-header[aria-label^="${title}"]) .monaco-list-row`);
  }

  get statusBar(): Locator {
    return this.page.locator('.statusbar-item[id="leakline.leakline.leakline.status"], .statusbar-item[id*="leakline.status"]');
  }

  /** Files of this window (settings, storage, logs, home; not the installed extension) that have the text in them. */
  filesWith(text: string): string[] {
    return this.files().filter((path) => readFileSync(path).includes(text));
  }

  /** Files of this window whose path is like this. */
  filesNamed(pattern: RegExp): string[] {
    return this.files().filter((path) => pattern.test(path));
  }

  /** The case as it is kept for the next start of the window; null when none is kept. */
  keptCase(): { readonly snapshots: readonly unknown[] } | null {
    const path = this.files().find((one) => one.endsWith("/case.json"));
    try {
      return path === undefined ? null : (JSON.parse(readFileSync(path, "utf8")) as { snapshots: unknown[] });
    } catch {
      return null; // being written
    }
  }

  private files(): string[] {
    const found: string[] = [];
    const walk = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && entry.name !== "extensions") walk(path);
        else if (entry.isFile()) found.push(path);
      }
    };
    walk(this.folder);
    return found;
  }
}

export { until };
