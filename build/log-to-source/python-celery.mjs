import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";
import { takeMarked } from "./python-radicale.mjs";
import { pause, runServer } from "./run-server.mjs";

const VERSION = "5.4.0";

/** Puts each record's place before it: `Formatter.format` is what every handler goes through. */
const PLACES = `
import logging, sys
plain = logging.Formatter.format
def placed(self, record):
    return "\\x1f%s:%d\\x1f" % (record.pathname, record.lineno) + plain(self, record)
logging.Formatter.format = placed
from celery.utils.log import ColorFormatter
own = ColorFormatter.format
ColorFormatter.format = lambda self, record: own(self, record)
from celery.__main__ import main
sys.argv = ["celery"] + sys.argv[1:]
main()
`;

const TASKS = `
import time
from celery import Celery
app = Celery("tasks", broker="filesystem://", backend="file://" + __import__("os").environ["RESULTS"])
app.conf.update(broker_transport_options={"data_folder_in": "in", "data_folder_out": "in", "processed_folder": "done", "store_processed": False}, worker_send_task_events=True,
  beat_schedule={"often": {"task": "tasks.add", "schedule": 1.0, "args": (1, 2)}}, task_soft_time_limit=3, task_time_limit=5, worker_hijack_root_logger=True, broker_connection_retry_on_startup=True)
@app.task
def add(a, b): return a + b
@app.task(bind=True, max_retries=2, default_retry_delay=0.2)
def retried(self): raise self.retry(exc=ValueError("no luck"))
@app.task
def fails(): raise KeyError("gone")
@app.task
def slow(): time.sleep(4)
@app.task
def ignored():
    from celery.exceptions import Ignore
    raise Ignore()
@app.task
def rejected():
    from celery.exceptions import Reject
    raise Reject("no", requeue=False)
`;

const CALLS = `
import tasks, time
for i in range(15): tasks.add.delay(i, 1)
for name in ("retried", "fails", "ignored", "rejected", "slow"): getattr(tasks, name).delay()
tasks.add.apply_async((1, 2), countdown=1)
tasks.add.apply_async((1, 2), expires=-5)
tasks.app.send_task("tasks.unknown", args=[1])
r = tasks.add.apply_async((5, 6), countdown=4); r.revoke()
for how in ("ping", "stats", "active", "report", "registered"): getattr(tasks.app.control.inspect(timeout=1), how)()
tasks.app.control.broadcast("pool_grow", arguments={"n": 1}); tasks.app.control.broadcast("nonsense"); tasks.app.control.rate_limit("tasks.add", "100/s"); tasks.app.control.time_limit("tasks.add", soft=5, hard=9)
time.sleep(6)
`;

/** Celery writes with Python's logging: a worker and its scheduler. */
export const celery = {
  name: `Celery ${VERSION} (Python, logging)`,
  prepare(folder) {
    const python = join(folder, "v", "bin", "python");
    if (!existsSync(python)) execute("python3", ["-m", "venv", "v"], folder);
    if (!existsSync(join(folder, "v", "bin", "celery"))) execute(python, ["-m", "pip", "install", "-q", `celery==${VERSION}`], folder);
    writeFileSync(join(folder, "places.py"), PLACES);
    writeFileSync(join(folder, "tasks.py"), TASKS);
    writeFileSync(join(folder, "calls.py"), CALLS);
    return execute(python, ["-c", "import celery, os; print(os.path.dirname(celery.__file__))"], folder).trim();
  },
  async log(folder) {
    const python = join(folder, "v", "bin", "python");
    const texts = [];
    for (const level of ["debug", "info"]) {
      for (const name of ["in", "done", "results"]) {
        rmSync(join(folder, name), { recursive: true, force: true });
        mkdirSync(join(folder, name));
      }
      const env = { ...process.env, RESULTS: join(folder, "results"), C_FORCE_ROOT: "1", PYTHONPATH: folder };
      texts.push(await runServer(python, [join(folder, "places.py"), "-A", "tasks", "worker", "-B", "-l", level, "-c", "2", "-E", "-s", join(folder, "results", "beat"), "--without-mingle"], {
        cwd: folder, env,
        ready: (text) => / ready\./.test(text),
        use: async () => {
          execute(python, [join(folder, "calls.py")], folder, { mayFail: true, env });
          await pause(1_000);
        },
      }));
    }
    return texts.join("");
  },
  take: takeMarked,
};
