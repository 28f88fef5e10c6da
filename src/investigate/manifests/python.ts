import { parse as parseToml } from "smol-toml";
import { readProperties } from "../../observe/config/properties";
import type { ManifestReader } from "./manifest";
import { asRecord, asText, NOTHING, oneModule } from "./manifest";

/** Objects that a server is pointed at (`gunicorn shop.wsgi`, `uvicorn app.main:app`, `celery -A shop`): their file is a program's entry. */
const APPLICATION = /^\w+\s*(?::\s*[\w.]+\s*)?=\s*(?:await\s+)?(?:[\w.]+\.)?(?:FastAPI|Flask|Starlette|Sanic|Quart|Litestar|Celery|Bottle|Falcon|get_wsgi_application|get_asgi_application|create_app|make_app)\s*\(/m;

/** pyproject.toml (PEP 621, Poetry), setup.cfg, setup.py, and files that are started: `__main__`, manage.py, applications. */
export const pythonManifests: ManifestReader = {
  wants: (name) => name === "pyproject.toml" || name === "setup.cfg" || name === "Pipfile" || /^requirements[\w.-]*\.txt$/.test(name) || name.endsWith(".py"),
  read({ file, folder, name, text }) {
    const module = (told: string | null, binaries: readonly string[], manifest: string | null) => oneModule({ folder, language: "python", name: told, binaries, manifest });
    if (name === "pyproject.toml") {
      const document = parseToml(text);
      const tool = asRecord(document["tool"]);
      const project = asRecord(document["project"]) ?? asRecord(tool?.["poetry"]);
      return project === null ? NOTHING : module(asText(project["name"]), Object.keys(asRecord(project["scripts"]) ?? {}), file);
    }
    if (name === "setup.cfg") {
      const entries = readProperties(text);
      const told = entries.find(({ path }) => path.join(".") === "metadata.name")?.value ?? null;
      // `console_scripts =` and then `name = module:function` on lines of their own.
      const scripts = /^console_scripts\s*=\s*\n((?:[ \t]+.*\n?)+)/m.exec(text)?.[1] ?? "";
      return told === null ? NOTHING : module(told, [...scripts.matchAll(/^\s*([\w.-]+)\s*=/gm)].map((match) => match[1] ?? ""), file);
    }
    if (name === "setup.py") {
      const told = /\bname\s*=\s*["']([\w.-]+)["']/.exec(text)?.[1] ?? null;
      const scripts = /console_scripts["']\s*:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? "";
      return /\bsetup\s*\(/.test(text) ? module(told, [...scripts.matchAll(/["']\s*([\w.-]+)\s*=/g)].map((match) => match[1] ?? ""), file) : NOTHING;
    }
    if (!name.endsWith(".py")) return module(null, [], file);
    const started = name === "__main__.py" || name === "manage.py" || /^if\s+__name__\s*==\s*["']__main__["']/m.test(text) || APPLICATION.test(text);
    return started ? module(null, [name], null) : NOTHING;
  },
};
