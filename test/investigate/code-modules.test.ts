import { describe, expect, it } from "vitest";
import { CodeModules, isManifest } from "../../src/investigate/code-modules";
import type { CodeModule } from "../../src/model/code-module";

function read(files: Readonly<Record<string, string>>, root = "ws"): { modules: CodeModule[]; broken: string[] } {
  const modules = new CodeModules();
  const broken: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    expect(isManifest(file), file).toBe(true);
    const reason = modules.add(file, text);
    if (reason !== null) broken.push(`${file}: ${reason}`);
  }
  return { modules: modules.finish(root), broken };
}
const only = (files: Readonly<Record<string, string>>): CodeModule | undefined => read(files).modules[0];

describe("what can become a process", () => {
  it("Go: modules and main packages", () => {
    const { modules } = read({ "go.mod": "// the shop\nmodule example.com/acme/shop/v2\n\ngo 1.22\n", "cmd/shopd/main.go": "package main\n", "main.go": "package main\n", "db/db.go": "package db\n" }, "checkout");
    expect(modules.map(({ folder, name, binaries }) => [folder, name, binaries])).toEqual([["", "example.com/acme/shop/v2", ["shop", "checkout"]], ["cmd/shopd", null, ["shopd"]]]);
  });
  it.each([
    ["pyproject.toml", "[project]\nname = \"shop-api\"\n[project.scripts]\nshop = \"shop.cli:main\"\n", "shop-api", ["shop"]],
    ["pyproject.toml", "[tool.poetry]\nname = \"shop\"\n[tool.poetry.scripts]\nshopd = \"shop:run\"\n", "shop", ["shopd"]],
    ["setup.cfg", "[metadata]\nname = shop\n[options.entry_points]\nconsole_scripts =\n    shop = shop.cli:main\n    shop-worker = shop.worker:main\n", "shop", ["shop", "shop-worker"]],
    ["setup.py", "from setuptools import setup\nsetup(\n    name='shop',\n    entry_points={'console_scripts': ['shop=shop.cli:main', 'shop-w = shop.w:main']},\n)\n", "shop", ["shop", "shop-w"]],
    ["requirements.txt", "flask==3.0\n", null, []],
  ])("Python: %s", (file, text, name, binaries) => {
    expect(only({ [file]: text })).toMatchObject({ language: "python", name, binaries });
  });
  it("Python: files that a server is pointed at", () => {
    for (const text of ["app = FastAPI()\n", "application = get_wsgi_application()\n", "app: Flask = flask.Flask(__name__)\n", "celery_app = Celery('shop')\n", "if __name__ == '__main__':\n    run()\n"]) {
      expect(only({ "shop/main.py": text }), text).toMatchObject({ folder: "shop", binaries: ["main.py"] });
    }
    expect(read({ "shop/models.py": "class A: pass\n" }).modules).toEqual([]);
  });
  it("JavaScript: what package.json installs and starts", () => {
    expect(only({ "services/front/package.json": JSON.stringify({ name: "@acme/front", main: "lib/index.js", bin: { front: "bin/front.js" }, scripts: { start: "NODE_ENV=production node --enable-source-maps ./dist/server.js" } }) }))
      .toMatchObject({ folder: "services/front", language: "javascript", name: "@acme/front", binaries: ["front", "index.js", "dist/server.js"] });
  });
  it("Maven: the project's own names, not its parent's or its dependencies'", () => {
    const pom = "<project>\n<parent><artifactId>acme-parent</artifactId></parent>\n<dependencies><dependency><artifactId>guava</artifactId></dependency></dependencies>\n<artifactId>orders</artifactId>\n<build><finalName>orders-app</finalName><plugins><plugin><artifactId>x</artifactId><configuration><mainClass>com.acme.orders.Main</mainClass></configuration></plugin></plugins></build>\n</project>";
    expect(only({ "orders/pom.xml": pom })).toMatchObject({ folder: "orders", language: "java", name: "orders", clues: [{ kind: "jar", value: "orders-app" }, { kind: "main-class", value: "com.acme.orders.Main" }] });
    expect(only({ "pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>orders</module></modules></project>" })).toMatchObject({ name: "all", binaries: [] });
  });
  it.each([
    ["build.gradle", "plugins { id 'application' }\narchivesBaseName = 'orders-svc'\napplication {\n  mainClass = 'com.acme.Main' // the entry\n}\n", "orders-svc"],
    ["build.gradle.kts", "application {\n  mainClass.set(\"com.acme.Main\")\n}\ntasks.jar { archiveBaseName.set(\"orders-svc\") }\n", "orders-svc"],
    ["build.gradle", "mainClassName = \"com.acme.Main\"\n", "orders"],
    ["build.sbt", "name := \"orders-svc\"\nCompile / mainClass := Some(\"com.acme.Main\")\n", "orders-svc"],
  ])("Gradle and sbt: %s", (file, text, jar) => {
    const module = only({ [`orders/${file}`]: text });
    expect(module?.clues?.map(({ kind, value }) => `${kind} ${value}`)).toEqual([`jar ${jar}`, "main-class com.acme.Main"]);
  });
  it.each([
    ["orders/src/main/java/com/acme/Main.java", "package com.acme;\npublic class Main {\n  public static void main(String[] args) {}\n}\n", "orders", "com.acme.Main"],
    ["src/main/kotlin/com/acme/app.kt", "package com.acme\n\nsuspend fun main(args: Array<String>) {}\n", "", "com.acme.AppKt"],
    ["tools/com/acme/Tool.java", "package com.acme;\nclass Tool { static void main(final String... a) {} }\n", "tools", "com.acme.Tool"],
    ["app/src/main/scala/acme/Boot.scala", "package acme\nobject Boot extends App { }\n", "app", "acme.Boot"],
  ])("JVM: the class with a main of %s", (file, text, folder, main) => {
    expect(only({ [file]: text })).toMatchObject({ folder, language: "java", clues: [{ kind: "main-class", value: main, from: file }] });
  });
  it(".NET: the assembly, by its own name or the project's", () => {
    expect(only({ "src/Shop.Api/Shop.Api.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>" })).toMatchObject({ language: "csharp", name: "Shop.Api", binaries: ["Shop.Api"], clues: [{ kind: "assembly", value: "Shop.Api" }] });
    expect(only({ "a/W.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><AssemblyName>worker</AssemblyName></PropertyGroup></Project>" })?.binaries).toEqual(["worker"]);
    expect(only({ "a/Lib.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>" })?.binaries).toEqual([]);
  });
  it("PHP, Ruby and Rust", () => {
    expect(read({ "api/composer.json": "{\"name\": \"acme/api\", \"bin\": [\"bin/api\"]}", "api/artisan": "#!/usr/bin/env php\n<?php" }).modules).toMatchObject([{ folder: "api", language: "php", name: "acme/api", binaries: ["api", "artisan"] }]);
    expect(only({ "sy/bin/console": "#!/usr/bin/env php\n" })).toMatchObject({ folder: "sy", binaries: ["bin/console"] });
    expect(read({ "store/Gemfile": "source 'x'\n", "store/config.ru": "run Store\n", "store/config/application.rb": "module BookStore\n  class Application < Rails::Application\n" }).modules).toMatchObject([{ folder: "store", language: "ruby", name: "book_store", binaries: ["config.ru"] }]);
    expect(read({ "gate/Cargo.toml": "[package]\nname = \"gate\"\n[[bin]]\nname = \"gated\"\npath = \"src/main.rs\"\n", "gate/src/bin/admin.rs": "fn main() {}\n" }).modules).toMatchObject([{ folder: "gate", language: "rust", name: "gate", binaries: ["gated", "admin"] }]);
    expect(read({ "Cargo.toml": "[workspace]\nmembers = [\"gate\"]\n" }).modules).toEqual([]);
  });
  it("Dockerfile, Procfile and Compose say things about the code of a folder", () => {
    const { modules } = read({
      "orders/go.mod": "module example.com/orders\n",
      "orders/Dockerfile": "FROM golang AS build\nWORKDIR /build\nCMD [\"old\"]\nFROM scratch\nWORKDIR /srv/orders\nENTRYPOINT [\"/usr/bin/orders\", \\\n \"--serve\"]\n",
      "web/package.json": "{\"name\": \"web\"}", "web/Procfile": "web: node dist/main.js --port $PORT\n",
      "docker-compose.yml": "services:\n  shop-orders:\n    build: { context: ./orders }\n    image: registry.acme.test/acme/orders:1.2\n  web:\n    build: web\n    container_name: storefront\n  out:\n    build: ../elsewhere\n",
    });
    expect(modules[0]?.clues?.map(({ kind, value }) => `${kind}: ${value}`)).toEqual(["folder: /srv/orders", "command: /usr/bin/orders --serve", "container: shop-orders", "image: registry.acme.test/acme/orders:1.2"]);
    expect(modules[1]?.clues?.map(({ kind, value }) => `${kind}: ${value}`)).toEqual(["command: node dist/main.js --port $PORT", "container: web", "container: storefront"]);
  });
  it("names a broken manifest and reads the others", () => {
    const { modules, broken } = read({ "a/package.json": "{\"name\": ", "b/pyproject.toml": "= =", "c/Cargo.toml": "[package\n", "d/composer.json": "nope", "e/pom.xml": "<proj", "f/X.csproj": "", "g/Dockerfile": "CMD [\"open", "h/docker-compose.yml": "services: [", "i/go.mod": "module example.com/i\n" });
    expect(broken.map((one) => one.split(":")[0])).toEqual(["a/package.json", "b/pyproject.toml", "c/Cargo.toml", "d/composer.json", "e/pom.xml", "f/X.csproj"]);
    expect(modules.map(({ folder }) => folder)).toEqual(["i"]);
  });
});
