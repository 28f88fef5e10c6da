import { provideVSCodeDesignSystem, vsCodeButton, vsCodeProgressRing, vsCodeTextField } from "@vscode/webview-ui-toolkit";

/**
 * The only file that knows the toolkit: it registers the three elements the panel uses, and `dom.ts` makes them by name.
 * The toolkit is archived upstream; docs/decisions/0080 says how these three would be replaced.
 */
export function registerElements(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing(), vsCodeTextField());
}
