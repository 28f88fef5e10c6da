import * as vscode from "vscode";

/** Where the panel's program and style sheet lie. */
export function panelFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "dist", "webview");
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/**
 * The panel's document: an empty `main` and one script. Nothing else may load or run; all content comes by message and is drawn as text.
 * `place` is where it stands: the side bar and the editor area have different background colours.
 */
export function panelHtml(webview: vscode.Webview, extensionUri: vscode.Uri, place: "side" | "tab"): string {
  // The global, not node:crypto: loading that costs more than the whole activation.
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64url");
  const folder = panelFolder(extensionUri);
  const uri = (file: string): string => escapeAttribute(webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString());
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}`;
  return [
    "<!DOCTYPE html>",
    `<html lang="${escapeAttribute(vscode.env.language)}">`,
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<link rel="stylesheet" href="${uri("panel.css")}">`,
    "<title>Leakline</title>",
    "</head>",
    `<body data-place="${place}">`,
    '<main id="panel"></main>',
    `<script nonce="${nonce}" src="${uri("panel.js")}"></script>`,
    "</body>",
    "</html>",
  ].join("\n");
}
