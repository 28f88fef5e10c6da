import * as vscode from "vscode";

const KEY = "leakline.recentTargets";
const LIMIT = 10;

/** Hosts that were scanned, newest first, in the command's form. Never captures: their paths belong to a workspace. */
export class RecentTargets implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly state: vscode.Memento) {}

  get list(): readonly string[] {
    const list = this.state.get<unknown>(KEY, []);
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  }

  async add(target: string): Promise<void> {
    await this.write([target, ...this.list.filter((one) => one !== target)].slice(0, LIMIT));
  }

  async remove(target: string): Promise<void> {
    await this.write(this.list.filter((one) => one !== target));
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async write(list: readonly string[]): Promise<void> {
    await this.state.update(KEY, list);
    this.changed.fire();
  }
}
