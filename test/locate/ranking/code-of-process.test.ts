import { describe, expect, it } from "vitest";
import { codeOfProcess } from "../../../src/locate/ranking/code-of-process";
import type { KnownProcess } from "../../../src/locate/ranking/code-of-process";
import { languageOfProcess } from "../../../src/locate/ranking/language-of-process";
import type { ClueKind, CodeModule } from "../../../src/model/code-module";
import type { IdentityKind, ProgramIdentity } from "../../../src/model/process";

const known = (more: Partial<KnownProcess> & { name: string }): KnownProcess => ({ exe: null, commandLine: null, cwd: null, ...more });
const module = (language: string, folder: string, binaries: readonly string[] = [], name: string | null = null): CodeModule => ({ folder, language, name, binaries, manifest: null });
const fitOf = (process: KnownProcess, one: CodeModule, root: string | null = null) => codeOfProcess(process, [one], root)[0];

describe("which language a process runs", () => {
  it.each([
    [{ name: "python3", exe: "/usr/bin/python3.11" }, "python"],
    [{ name: "gunicorn: worke", exe: "/srv/venv/bin/python3" }, "python"],
    [{ name: "gunicorn", commandLine: "/srv/venv/bin/python /srv/venv/bin/gunicorn app:app" }, "python"],
    [{ name: "MainThread", exe: "/usr/local/bin/node" }, "javascript"],
    [{ name: "java", exe: "/usr/lib/jvm/17/bin/java" }, "java"],
    [{ name: "shopd", exe: "/srv/bin/shopd (deleted)" }, "native"],
    [{ name: "python3", exe: null, commandLine: null }, "python"],
  ])("%o", (process, language) => {
    expect(languageOfProcess(known(process))?.language).toBe(language);
  });
  it("is unknown when a capture gives a name that is no runtime", () => {
    expect(languageOfProcess(known({ name: "shopd" }))).toBeNull();
  });
});

describe("which code a process runs", () => {
  it.each([
    ["a binary of the module", known({ name: "shopd", exe: "/opt/shop/shopd" }), module("go", "cmd/shopd", ["shopd"]), null, 1],
    ["a name cut at 15 bytes", known({ name: "very-long-servi" }), module("go", "cmd/x", ["very-long-service"]), null, 1],
    ["a script by its absolute path", known({ name: "python3", commandLine: "python3 /w/front/app.py" }), module("python", "front", ["app.py"]), "/w", 1],
    ["a script relative to the working directory", known({ name: "python3", commandLine: "python3 app.py", cwd: "/w/front" }), module("python", "front", ["app.py"]), "/w", 1],
    ["a script by its folder, on another machine", known({ name: "python3", commandLine: "python3 /srv/deploy/front/app.py" }), module("python", "front", ["app.py"]), null, 1],
    ["a module after -m", known({ name: "python3", commandLine: "python3 -m front.app" }), module("python", "front", ["app.py"]), null, 1],
    ["an ASGI application", known({ name: "python3", commandLine: "/v/bin/python /v/bin/uvicorn front.app:app --port 80" }), module("python", "front", ["app.py"]), null, 1],
    ["the working directory", known({ name: "python3", commandLine: "python3 -c x", cwd: "/w/front" }), module("python", "front"), "/w", 0.9],
    ["the go.mod name, less its version", known({ name: "shopd", exe: "/usr/local/bin/shopd" }), module("go", "", [], "example.com/team/shopd/v2"), null, 0.9],
    ["the folder's name", known({ name: "billing", exe: "/usr/local/bin/billing" }), module("go", "services/billing"), null, 0.8],
  ])("ties %s", (_what, process, one, root, least) => {
    expect(fitOf(process, one, root)?.fit).toBeGreaterThanOrEqual(least);
  });

  it("is less sure of a file name alone: app.py is everywhere", () => {
    const fit = fitOf(known({ name: "python3", commandLine: "python3 /srv/other/app.py" }), module("python", "front", ["app.py"]))?.fit ?? 0;
    expect(fit).toBeGreaterThan(0);
    expect(fit).toBeLessThan(0.9);
  });
  it("rules out another language", () => {
    expect(fitOf(known({ name: "python3", exe: "/usr/bin/python3" }), module("go", "", ["shopd"]))?.fit).toBe(-1);
    expect(fitOf(known({ name: "java", exe: "/usr/bin/java" }), module("python", ""))?.fit).toBe(-1);
  });
  it("does not rule out interpreted code in a native process, but doubts it", () => {
    const fit = fitOf(known({ name: "shopd", exe: "/srv/shopd" }), module("python", "scripts"))?.fit ?? 0;
    expect(fit).toBeGreaterThan(-1);
    expect(fit).toBeLessThan(0);
  });
  it("runs TypeScript in node", () => {
    expect(fitOf(known({ name: "node", exe: "/usr/bin/node" }), module("typescript", ""))?.fit).toBeGreaterThan(0);
  });
  it("takes general folder names for nothing", () => {
    expect(fitOf(known({ name: "x", exe: "/usr/bin/x", commandLine: "/usr/bin/x /srv/app/data" }), module("go", "app"))?.fit).toBeLessThan(0.5);
  });
});

describe("what a program, its unit and its container say of themselves", () => {
  const says = (kind: IdentityKind, value: string): ProgramIdentity => ({ kind, value, from: "somewhere" });
  const go = [module("go", "", ["shop"], "example.com/acme/shop"), module("go", "cmd/shopd", ["shopd"]), module("go", "cmd/reportd", ["reportd"]), module("go", "old", ["old"], "example.com/acme/old"), module("go", "old/cmd/shopd", ["shopd"])];
  const best = (process: KnownProcess, modules: readonly CodeModule[]) => codeOfProcess(process, modules, null).reduce((a, b) => (b.fit > a.fit ? b : a));
  const clued = (one: CodeModule, ...clues: readonly (readonly [ClueKind, string])[]): CodeModule => ({ ...one, clues: clues.map(([kind, value]) => ({ kind, value, from: "file" })) });

  it("Go's build information picks among main packages of one name, whatever the file is called", () => {
    const process = known({ name: "svc", exe: "/opt/svc", identity: [says("go-main", "example.com/acme/shop/cmd/shopd"), says("go-module", "example.com/acme/shop")] });
    const fits = codeOfProcess(process, go, null).map(({ fit }) => fit);
    expect(fits).toEqual([0.9, 1, -1, 0.1, -1]);
    expect(codeOfProcess(known({ name: "shopd", exe: "/opt/shopd", identity: [says("go-main", "example.com/acme/shop/cmd/shopd")] }), go, null)[4]?.fit).toBe(-1);
    expect(best(process, go).text).toContain("built from example.com/acme/shop/cmd/shopd");
  });
  it("a binary built from a file alone proves nothing by that", () => {
    expect(codeOfProcess(known({ name: "shopd", exe: "/opt/shopd", identity: [says("go-main", "command-line-arguments")] }), go, null)[1]?.fit).toBe(1);
  });
  const java = [
    clued(module("java", "orders", ["orders"], "orders"), ["jar", "orders"], ["main-class", "com.acme.orders.Main"]),
    clued(module("java", "billing", ["billing"], "billing"), ["jar", "billing"], ["main-class", "com.acme.billing.Main"]),
  ];
  it.each([
    ["the class on the command line", known({ name: "java", exe: "/usr/bin/java", commandLine: "java -cp /app/lib/* -Xmx1g com.acme.billing.Main --port 80" })],
    ["the jar", known({ name: "java", exe: "/usr/bin/java", commandLine: "java -jar /app/billing-1.4.2-SNAPSHOT.jar" })],
    ["the manifest's start class", known({ name: "java", exe: "/usr/bin/java", commandLine: "java -jar /app/app.jar", identity: [says("main-class", "org.springframework.boot.loader.JarLauncher"), says("start-class", "com.acme.billing.Main")] })],
    ["the manifest's title", known({ name: "java", exe: "/usr/bin/java", commandLine: "java -jar app.jar", identity: [says("title", "billing")] })],
  ])("Java: %s", (_what, process) => {
    expect(best(process, java).module).toBe(1);
    expect(best(process, java).fit).toBeGreaterThanOrEqual(0.9);
  });
  it("takes no jar for another whose name begins alike", () => {
    expect(codeOfProcess(known({ name: "java", exe: "/usr/bin/java", commandLine: "java -jar orders-api-1.0.jar" }), java, null)[0]?.fit).toBeLessThan(0.5);
  });
  it.each([
    ["package.json", known({ name: "node", exe: "/usr/bin/node", identity: [says("npm-package", "@acme/front")] }), module("javascript", "packages/ui", [], "@acme/front")],
    [".NET through dotnet", known({ name: "dotnet", exe: "/usr/bin/dotnet", commandLine: "dotnet /app/Shop.Api.dll --urls http://+:80" }), clued(module("csharp", "src/Shop.Api"), ["assembly", "Shop.Api"])],
    [".NET's own executable", known({ name: "Shop.Api", exe: "/app/Shop.Api" }), clued(module("csharp", "src/Shop.Api"), ["assembly", "Shop.Api"])],
    ["a systemd unit", known({ name: "python3", exe: "/usr/bin/python3", identity: [says("unit", "billing@eu.service")] }), module("python", "services/billing")],
    ["a Compose container", known({ name: "python3", exe: "/usr/bin/python3", identity: [says("container", "acme-orders-1")] }), clued(module("python", "svc/o"), ["container", "orders"])],
    ["a pod", known({ name: "python3", exe: "/usr/bin/python3", identity: [says("container", "shop/orders-5d9f8b7c4d-x2x9z")] }), clued(module("python", "svc/o"), ["container", "orders"])],
    ["an image", known({ name: "python3", exe: "/usr/bin/python3", identity: [says("image", "registry.acme.test:5000/acme/orders:1.9")] }), clued(module("python", "svc/o"), ["image", "acme/orders:${TAG}"])],
    ["puma's title", known({ name: "ruby", exe: "/usr/bin/ruby", commandLine: "puma 6.4.2 (tcp://0.0.0.0:3000) [bookstore]" }), module("ruby", "bookstore")],
    ["sidekiq's title", known({ name: "ruby", exe: "/usr/bin/ruby", commandLine: "sidekiq 7.2.0 bookstore [0 of 5 busy]" }), module("ruby", "bookstore")],
    ["PHP-FPM's pool", known({ name: "php-fpm8.2", exe: "/usr/sbin/php-fpm8.2", commandLine: "php-fpm: pool intranet" }), module("php", "intranet")],
    ["artisan", known({ name: "php", exe: "/usr/bin/php8.2", commandLine: "php /var/www/api/artisan queue:work", cwd: "/var/www/api" }), module("php", "api", ["artisan"])],
    ["Celery's application", known({ name: "python3", exe: "/usr/bin/python3", commandLine: "/v/bin/python /v/bin/celery -A orders worker -c 4" }), module("python", "orders")],
    ["gunicorn's application", known({ name: "python3", exe: "/usr/bin/python3", commandLine: "/v/bin/python /v/bin/gunicorn shop.wsgi:application -b :80" }), module("python", "shop", ["wsgi.py"])],
    ["a Dockerfile's command", known({ name: "python3", exe: "/usr/bin/python3", commandLine: "/usr/local/bin/python -m orders.serve --port 80" }), clued(module("python", "o"), ["command", "python -m orders.serve --port 80"])],
    ["a Dockerfile's folder", known({ name: "python3", exe: "/usr/bin/python3", cwd: "/srv/orders" }), clued(module("python", "o"), ["folder", "/srv/orders"])],
    ["a Rust program", known({ name: "gated", exe: "/usr/local/bin/gated" }), module("rust", "gate", ["gated"], "gate")],
  ])("%s", (_what, process, one) => {
    const decoys = [module(one.language, "services/decoy", ["decoy.py", "decoy"], "decoy"), one, module(one.language, "tools/other", [], "@acme/other")];
    expect(best(process, decoys).module).toBe(1);
    expect(best(process, decoys).fit).toBeGreaterThanOrEqual(0.6);
  });
  it("shows more than one reason", () => {
    const { text } = best(known({ name: "node", exe: "/usr/bin/node", commandLine: "node front/dist/main.js", cwd: "/srv/front", identity: [says("npm-package", "front"), says("unit", "front.service")] }), [module("javascript", "front", ["dist/main.js"], "front")]);
    expect(text).toContain("runs the package front");
    expect(text).toContain("front/dist/main.js");
    expect(text).toContain("unit front.service");
  });
});
