import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { ask, runServer } from "./run-server.mjs";

const VERSION = "3.3.1";

/** Puts each record's place before it: `Formatter.format` is what every handler goes through. */
const PLACES = `
import logging, runpy, sys
plain = logging.Formatter.format
def placed(self, record):
    return "\\x1f%s:%d\\x1f" % (record.pathname, record.lineno) + plain(self, record)
logging.Formatter.format = placed
sys.argv = ["radicale"] + sys.argv[1:]
runpy.run_module("radicale", run_name="__main__", alter_sys=True)
`;

/** Radicale writes with Python's logging. */
export const radicale = {
  name: `Radicale ${VERSION} (Python, logging)`,
  prepare(folder) {
    const python = join(folder, "v", "bin", "python");
    if (!existsSync(python)) execute("python3", ["-m", "venv", "v"], folder);
    if (!existsSync(join(folder, "v", "bin", "radicale"))) execute(python, ["-m", "pip", "install", "-q", `radicale==${VERSION}`], folder);
    writeFileSync(join(folder, "places.py"), PLACES);
    return join(execute(python, ["-c", "import radicale, os; print(os.path.dirname(radicale.__file__))"], folder).trim());
  },
  async log(folder) {
    const texts = [];
    for (const level of ["debug", "info"]) {
      const data = join(folder, `collections-${level}`);
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
      writeFileSync(join(folder, "users"), "ada:secret\n");
      const url = "http://127.0.0.1:25232";
      const args = [
        join(folder, "places.py"), "--server-hosts", "127.0.0.1:25232", "--storage-filesystem-folder", data, "--logging-level", level, "--auth-type", "htpasswd", "--auth-htpasswd-filename", join(folder, "users"), "--auth-htpasswd-encryption", "plain",
        "--logging-request-header-on-debug", "True", "--logging-request-content-on-debug", "True", "--logging-response-content-on-debug", "True", "--logging-backtrace-on-debug", "True",
      ];
      const good = { authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}`, "content-type": "text/calendar" };
      texts.push(await runServer(join(folder, "v", "bin", "python"), args, {
        ready: (text) => /Listening on|ready/.test(text),
        signal: "SIGINT",
        use: async () => {
          await ask(`${url}/`);
          await ask(`${url}/.web/`);
          await ask(`${url}/ada/`, { method: "PROPFIND" });
          await ask(`${url}/ada/`, { method: "PROPFIND", headers: { authorization: `Basic ${Buffer.from("ada:wrong").toString("base64")}` } });
          await ask(`${url}/ada/`, { method: "PROPFIND", headers: { ...good, depth: "1" }, body: "<propfind xmlns='DAV:'><allprop/></propfind>" });
          await ask(`${url}/ada/cal/`, { method: "MKCALENDAR", headers: good, body: "<x" });
          await ask(`${url}/ada/cal/`, { method: "MKCOL", headers: good });
          const event = (uid, extra = "") => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20240301T100000Z\r\nDTSTART:20240301T100000Z\r\n${extra}SUMMARY:s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
          await ask(`${url}/ada/work/`, { method: "PUT", headers: good, body: event("a") });
          for (let i = 0; i < 12; i++) await ask(`${url}/ada/work/${i}.ics`, { method: "PUT", headers: good, body: event(`u${i}`) });
          await ask(`${url}/ada/work/bad.ics`, { method: "PUT", headers: good, body: "BEGIN:VCALENDAR\nnonsense" });
          await ask(`${url}/ada/work/1.ics`, { headers: good });
          await ask(`${url}/ada/work/none.ics`, { headers: good });
          await ask(`${url}/ada/work/`, { method: "REPORT", headers: { ...good, depth: "1" }, body: "<C:calendar-query xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><prop><getetag/></prop><C:filter><C:comp-filter name='VCALENDAR'/></C:filter></C:calendar-query>" });
          await ask(`${url}/ada/work/`, { method: "REPORT", headers: good, body: "<sync-collection xmlns='DAV:'><sync-token>http://radicale.org/ns/sync/bad</sync-token><prop><getetag/></prop></sync-collection>" });
          await ask(`${url}/ada/work/1.ics`, { method: "MOVE", headers: { ...good, destination: `${url}/ada/work/99.ics` } });
          await ask(`${url}/ada/work/`, { method: "PROPPATCH", headers: good, body: "<propertyupdate xmlns='DAV:'><set><prop><displayname>w</displayname></prop></set></propertyupdate>" });
          await ask(`${url}/eve/`, { method: "DELETE", headers: good });
          await ask(`${url}/ada/work/`, { method: "DELETE", headers: good });
          await ask(`${url}/ada/../../etc`, { headers: good });
        },
      }));
    }
    return texts.join("");
  },
  take: takeMarked,
};

/** `\x1fFILE:LINE\x1f` before the line; XML may not hold that sign, so logback writes `¦`. */
export function takeMarked(line) {
  const found = /^[\x1f¦](.*):(\d+)[\x1f¦]/.exec(line);
  return found === null ? null : { line: line.slice(found[0].length), file: found[1], number: Number(found[2]) };
}
