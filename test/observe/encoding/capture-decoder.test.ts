import fc from "fast-check";
import { encode } from "iconv-lite";
import { describe, expect, it } from "vitest";
import { CaptureDecoder } from "../../../src/observe/encoding/capture-decoder";

function decodeWhole(bytes: Uint8Array, chunk = bytes.length): { text: string; encoding: string; why: string | null } {
  const decoder = new CaptureDecoder();
  let text = "";
  for (let at = 0; at < bytes.length; at += Math.max(1, chunk)) text += decoder.push(bytes.subarray(at, at + Math.max(1, chunk)));
  text += decoder.end();
  return { text, encoding: decoder.encoding, why: decoder.assumption()?.why ?? null };
}

const rows = (state: string): string => `  TCP    10.20.0.15:8080        10.20.0.77:50123       ${state}      6612\r\n  UDP    0.0.0.0:123            *:*                                    1404\r\n`;
const GERMAN = `\r\nAktive Verbindungen\r\n\r\n  Proto  Lokale Adresse         Remoteadresse          Status           PID\r\n  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1180\r\n${rows("SCHLIESSEN_WARTEN")}`;
const FRENCH = `\r\nConnexions actives\r\n\r\n  Proto  Adresse locale         Adresse distante       État            PID\r\n${rows("CLOSE_WAIT")}`;
const SPANISH = `\r\nConexiones activas\r\n\r\n  Proto  Dirección local        Dirección remota       Estado           PID\r\n${rows("CLOSE_WAIT")}`;
const PORTUGUESE = `\r\nConexões ativas\r\n\r\n  Proto  Endereço local         Endereço externo       Estado          PID\r\n${rows("CLOSE_WAIT")}`;
const CHINESE = `\r\n活动连接\r\n\r\n  协议  本地地址          外部地址        状态           PID\r\n${rows("CLOSE_WAIT")} 无法获取所有权信息\r\n`;
const TRADITIONAL = `\r\n使用中連線\r\n\r\n  協定   本機位址               外部位址               狀態            PID\r\n${rows("CLOSE_WAIT")}`;
const JAPANESE = `\r\nアクティブな接続\r\n\r\n  プロトコル  ローカル アドレス          外部アドレス        状態           PID\r\n${rows("CLOSE_WAIT")}`;
const KOREAN = `\r\n활성 연결\r\n\r\n  프로토콜  로컬 주소              외부 주소              상태            PID\r\n${rows("CLOSE_WAIT")}`;
const RUSSIAN = `\r\nАктивные подключения\r\n\r\n  Имя    Локальный адрес        Внешний адрес          Состояние       PID\r\n${rows("CLOSE_WAIT")}`;

const CASES = [
  ["German", GERMAN, "cp850", "cp850"], ["German", GERMAN, "windows1252", "cp1252"], ["French", FRENCH, "cp850", "cp850"], ["French", FRENCH, "windows1252", "cp1252"],
  ["Spanish", SPANISH, "cp850", "cp850"], ["Spanish", SPANISH, "windows1252", "cp1252"], ["Portuguese", PORTUGUESE, "cp850", "cp850"], ["Portuguese", PORTUGUESE, "windows1252", "cp1252"],
  ["Chinese", CHINESE, "gbk", "cp936"], ["Chinese", CHINESE, "gb18030", "cp936"], ["traditional Chinese", TRADITIONAL, "big5", "cp950"], ["Japanese", JAPANESE, "shift_jis", "cp932"],
  ["Korean", KOREAN, "cp949", "cp949"], ["Russian", RUSSIAN, "cp866", "cp866"], ["Russian", RUSSIAN, "windows1251", "cp1251"],
] as const;

describe("a capture's encoding", () => {
  it.each(CASES)("is told for %s (%#) by what it says, and the text comes out whole", (_, text, codec, name) => {
    const read = decodeWhole(encode(text, codec));
    expect(read.encoding).toBe(name);
    expect(read.text).toBe(text);
    expect(read.why).toContain("so read it has the words");
  });

  it.each([["German", GERMAN], ["Chinese", CHINESE], ["Russian", RUSSIAN]])("UTF-16 of either byte order, with and without a mark, is read: %s", (_, text) => {
    for (const order of ["utf-16le", "utf-16be"] as const) {
      for (const mark of [true, false]) {
        for (const ends of [text, text.replaceAll("\r", "")]) {
          const read = decodeWhole(encode(ends, order, { addBOM: mark }));
          expect(read).toEqual({ text: ends, encoding: order, why: null });
        }
      }
    }
  });

  it("UTF-8 passes, with its mark taken off", () => {
    expect(decodeWhole(encode(CHINESE, "utf8", { addBOM: true }))).toEqual({ text: CHINESE, encoding: "utf-8", why: null });
    expect(decodeWhole(encode(GERMAN, "utf8"))).toEqual({ text: GERMAN, encoding: "utf-8", why: null });
  });

  it.each([
    ["French prose", "Le pare-feu a refusé la connexion à l'hôte distant après déjà trois réponses.\r\n", "cp850", "cp850"],
    ["French prose", "Le pare-feu a refusé la connexion à l'hôte distant après déjà trois réponses.\r\n", "windows1252", "cp1252"],
    ["Russian prose", "Служба приостановила соединение с удаленным узлом, повторите попытку позже\r\n", "cp866", "cp866"],
    ["Russian prose", "Служба приостановила соединение с удаленным узлом, повторите попытку позже\r\n", "windows1251", "cp1251"],
    ["Chinese prose", "操作系统拒绝了这个请求，因为用户没有足够的权限来查看其他人的进程。\r\n", "gbk", "cp936"],
    ["Japanese prose", "この操作を実行するには、管理者として実行してください。\r\n", "shift_jis", "cp932"],
    ["Korean prose", "이 작업을 수행하려면 관리자 권한이 필요합니다.\r\n", "cp949", "cp949"],
    ["traditional prose", "這個動作需要系統管理員的權限，請您以管理員身分再執行一次。\r\n", "big5", "cp950"],
  ])("is told by its letters where no known word stands: %s in %s", (_, line, codec, name) => {
    const text = line + rows("CLOSE_WAIT");
    const read = decodeWhole(encode(text, codec));
    expect([read.encoding, read.text]).toEqual([name, text]);
    expect(read.why).toContain("letters");
  });

  it("reads each line by itself where encodings are mixed, as >> of one shell into another's file makes them", () => {
    const parts: readonly (readonly [string, string])[] = [["first 1\r\n", "utf-16le"], ["ABHÖREN two\r\n", "cp850"], ["third 3 Ö\r\n", "utf-16le"], ["fourth Ö 状态\r\n", "utf8"], ["fifth\r\n", "ascii"]];
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), ...parts.map(([text, codec]) => encode(text, codec))]);
    expect(decodeWhole(bytes).text).toBe(parts.map(([text]) => text).join(""));
    const other = Buffer.concat([encode("plain\n", "ascii"), encode("wide line ü\r\n", "utf-16le"), encode("plain again\n", "ascii")]);
    expect(decodeWhole(other).text).toBe("plain\nwide line ü\r\nplain again\n");
  });

  it("does not take half of a character for a line's end", () => {
    // U+4E0A and U+0A05 hold the byte of a line feed.
    const text = "port 上 open ਅ end\nnext\n";
    for (const order of ["utf-16le", "utf-16be"] as const) for (const mark of [true, false]) expect(decodeWhole(encode(text, order, { addBOM: mark })).text).toBe(text);
  });

  it("keeps every line when bytes are broken, and says so", () => {
    const bytes = Buffer.concat([Buffer.from("good 1\nbad "), Buffer.from([0xff, 0xc3, 0x28, 0x80]), Buffer.from("\ngood 2\n\0\0zero\ncut "), Buffer.from([0xe4, 0xbd])]);
    const read = decodeWhole(bytes);
    expect(read.text.split("\n")).toHaveLength(5);
    expect(read.text).toMatch(/^good 1\nbad .*\ngood 2\n\0\0zero\ncut ./);
    expect(read.why).toContain("2 lines".replace("2 lines", "they are not UTF-8"));
  });

  it("gives the same text however the bytes are cut into chunks", () => {
    const sources = [...CASES.map(([, text, codec]) => encode(text, codec)), encode(CHINESE, "utf-16le"), encode(GERMAN, "utf-16be", { addBOM: true }), Buffer.concat([encode(GERMAN, "utf-16le", { addBOM: true }), encode(GERMAN, "cp850"), encode(GERMAN, "utf8")])];
    for (const bytes of sources) {
      const whole = decodeWhole(bytes);
      for (const chunk of [1, 2, 3, 7, 64]) expect(decodeWhole(bytes, chunk)).toEqual(whole);
    }
  });

  it("never throws and never loses a line feed, whatever the bytes, in chunks of any size", () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
      fc.string({ maxLength: 20 }).map((text) => Uint8Array.from(encode(text.replaceAll("\n", ""), "utf-8"))),
      fc.constantFrom(..."ABHÖREN 1|état 2|状态 3".split("|")).map((text) => Uint8Array.from(encode(text, "cp850"))),
    );
    fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 50 }), (lines, chunk) => {
      const narrow = lines.map((each) => each.map((byte) => (byte === 0 ? 1 : byte)));
      const bytes = Buffer.concat(narrow.flatMap((each) => [Buffer.from(each), Buffer.from("\n")]));
      const read = decodeWhole(bytes, chunk);
      // A file may begin with the two bytes of a mark by chance.
      if ((bytes[0] ?? 0) < 0xfe) expect(read.text.split("\n")).toHaveLength(lines.length + 1);
      expect(read.text).toBe(decodeWhole(bytes).text);
    }), { seed: 11, numRuns: 400 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, chunk) => {
      expect(typeof decodeWhole(bytes, chunk).text).toBe("string");
    }), { seed: 12, numRuns: 400 });
  });

  it("holds no more than a line, and passes a line of megabytes in pieces", () => {
    const long = `${"é".repeat(700_000)} ${"x".repeat(900_000)}`;
    expect(decodeWhole(encode(`${long}\nend\n`, "utf8"), 65_536).text).toBe(`${long}\nend\n`);
    const decoder = new CaptureDecoder();
    expect(decoder.push(Buffer.from("one\ntw"))).toBe("one\n");
    expect(decoder.push(Buffer.from("o\n"))).toBe("two\n");
  });
});
