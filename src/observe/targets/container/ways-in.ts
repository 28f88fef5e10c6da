/**
 * Shells that a container may have, most usual first. `-s`: the script comes on standard input. Images without a distribution keep theirs in
 * /busybox when they are built for debugging, where PATH does not lead.
 */
export const SHELLS: readonly (readonly string[])[] = [
  ["sh", "-s"],
  ["/busybox/sh", "-c", "PATH=$PATH:/busybox; export PATH; exec /busybox/sh -s"],
  ["busybox", "sh", "-s"],
  ["bash", "-s"],
];

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
const FILES = JSON.stringify(TABLES);

/** Programs that print the kernel's socket tables where there is no shell: a file's printer, or the interpreter that the image is made around. */
export const TABLE_PRINTERS: readonly (readonly string[])[] = [
  ["cat", ...TABLES],
  ["busybox", "cat", ...TABLES],
  ["/busybox/cat", ...TABLES],
  ["python3", "-c", `import os\nfor f in ${FILES}:\n    if os.path.exists(f): print(open(f).read(), end="")`],
  ["node", "-e", `for (const f of ${FILES}) if (fs.existsSync(f)) process.stdout.write(fs.readFileSync(f))`],
  ["/nodejs/bin/node", "-e", `for (const f of ${FILES}) if (fs.existsSync(f)) process.stdout.write(fs.readFileSync(f))`],
];
