import * as vscode from "vscode";
import type { Demo } from "../demo/start-demo";
import type { Product } from "./product";

/** The demo of this window: at most one, ended with the window. */
export class DemoRun implements vscode.Disposable {
  private running: Demo | null = null;

  constructor(private readonly product: () => Promise<Product>) {}

  /** Gives the folder of the demo's code. A demo that runs already is used again. */
  async start(signal: AbortSignal): Promise<string> {
    this.running ??= await (await this.product()).startDemo(signal);
    void vscode.commands.executeCommand("setContext", "leakline.demoRuns", true);
    return this.running.workspace;
  }

  /** False when none was running. */
  async stop(): Promise<boolean> {
    const demo = this.running;
    if (demo === null) return false;
    this.running = null;
    void vscode.commands.executeCommand("setContext", "leakline.demoRuns", false);
    await demo.stop();
    return true;
  }

  dispose(): void {
    void this.running?.stop();
    this.running = null;
  }
}
