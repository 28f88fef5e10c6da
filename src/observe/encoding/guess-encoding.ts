import { decode } from "iconv-lite";
import { KNOWN_WORDS } from "./known-words";

/** The code pages that consoles and editors write where they do not write Unicode. `label` is what people call them. */
export const CODE_PAGES = [
  { name: "cp936", codec: "gb18030", label: "GBK (code page 936)", script: "han" },
  { name: "cp950", codec: "big5", label: "Big5 (code page 950)", script: "han" },
  { name: "cp932", codec: "shift_jis", label: "Shift-JIS (code page 932)", script: "kana" },
  { name: "cp949", codec: "cp949", label: "Korean (code page 949)", script: "hangul" },
  { name: "cp850", codec: "cp850", label: "code page 850", script: "latin" },
  { name: "cp1252", codec: "windows1252", label: "Windows-1252", script: "latin" },
  { name: "cp437", codec: "cp437", label: "code page 437", script: "latin" },
  { name: "cp852", codec: "cp852", label: "code page 852", script: "latin" },
  { name: "cp1250", codec: "windows1250", label: "Windows-1250", script: "latin" },
  { name: "cp866", codec: "cp866", label: "code page 866", script: "cyrillic" },
  { name: "cp1251", codec: "windows1251", label: "Windows-1251", script: "cyrillic" },
] as const;

export type CodePage = (typeof CODE_PAGES)[number];

export interface Guess {
  readonly page: CodePage;
  /** What the guess rests on, to be shown. */
  readonly evidence: string;
}

/**
 * Which code page text that is not UTF-8 is written in, by evidence: first, words that socket tools print (states, headings, titles)
 * appear when it is read so; else, what it gives looks like letters of one script, in runs, in ordinary case.
 *
 * @param sample The lines that are not UTF-8, as they are; a bounded piece is enough.
 */
export function guessEncoding(sample: Uint8Array): Guess {
  let best: Guess = { page: CODE_PAGES[5], evidence: "nothing in it tells which" };
  let bestScore = 0;
  for (const page of CODE_PAGES) {
    const text = decode(sample, page.codec);
    const words = KNOWN_WORDS.filter((word) => text.includes(word));
    // A word of the tools outweighs any look of the letters; a long one a short one.
    const wordScore = words.reduce((sum, word) => sum + 1000 * foreignLetters(word), 0);
    const score = wordScore + likeness(text, page);
    if (score <= bestScore) continue;
    bestScore = score;
    best = { page, evidence: words.length > 0 ? `so read it has the words ${words.slice(0, 3).join(", ")}` : "so read its letters make likely words" };
  }
  return best;
}

function foreignLetters(word: string): number {
  return word.length - word.replace(/[^\x00-\x7f]/g, "").length;
}

/** How much a text looks written: above zero for letters in runs of their own script, below it for symbols, rare letters and odd case. */
function likeness(text: string, page: CodePage): number {
  let score = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    const before = text[at - 1] ?? " ";
    const after = text[at + 1] ?? " ";
    const char = text[at] ?? "";
    const latinBeside = /[A-Za-z]/.test(before) || /[A-Za-z]/.test(after);
    if (code === 0xfffd || (code >= 0x80 && code < 0xa0) || (code >= 0xe000 && code < 0xf900)) {
      score -= 8;
    } else if (page.script === "latin") {
      if (code === 0xa0) continue;
      if (!/\p{L}/u.test(char)) score -= 3;
      else if (!/\p{Script=Latin}/u.test(char)) score -= 4;
      else {
        // `ABHöREN`: a small letter among capitals is another page's capital.
        const small = char === char.toLowerCase();
        const odd = small ? /[A-Z]/.test(before) && /[A-Z]/.test(after) : /[a-z]/.test(before);
        // No Latin script writes words of accents alone.
        if (before > "\x7f" && after > "\x7f") score -= 4;
        score += odd ? -3 : latinBeside || !/\w/.test(before) ? 2 : 1;
        if (!/[ÄÖÜäöüßéèêëàâçîïôûùÉÈÀÇÊÎñáíóúÑÁÍÓÚãõÃÕåÅøØæÆ]/.test(char)) score -= page.name === "cp852" || page.name === "cp1250" ? 0 : 2;
      }
    } else if (page.script === "cyrillic") {
      if (!/[А-Яа-яЁё]/.test(char)) score -= 3;
      else {
        const small = char === char.toLowerCase();
        const odd = latinBeside || (!small && /[а-яё]/.test(before)) || (small && !/[А-Яа-яЁё]/.test(before));
        score += odd ? -2 : 2;
      }
    } else {
      // Two bytes each, and never alone inside a Latin word.
      const own = page.script === "hangul" ? COMMON_HANGUL : page.script === "kana" ? /[\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u : COMMON_HAN;
      if (code >= 0xff61 && code <= 0xff9f) score -= 2;
      else if (latinBeside) score -= 6;
      else if (own.test(char)) score += 5;
      else if (/\p{Script=Han}/u.test(char)) score += page.script === "hangul" ? -2 : 1;
      else if (page.script === "hangul" && /\p{Script=Hangul}/u.test(char)) score += 1;
      else if (/[\u3000-\u303f\uff00-\uff60]/.test(char)) score += 1;
      else score -= 4;
    }
  }
  return score;
}

/** The most frequent syllables of Korean. */
const COMMON_HANGUL = /[이다는을의에가하고로지사도기어자리나시있한수들아인대일제그정여스보주전부장해서상원구과만성조면공학국위라마게니우어신용요은를와으로된되할습합관권필행작업려연결활속실패오류열닫않없니다세거무모두중소본외내동방안물생명령력파값]/;

/** The most frequent characters of Chinese, in both forms, and those that tools print: most of any text, and hardly any of a wrong reading. */
const COMMON_HAN = new RegExp(
  "[的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心本前开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并並物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活连連接协協议議址状狀态態本机機网網络絡端口服务務器错錯误誤获獲取权權限息进程线線已建立监監听聽关闭閉等待使用显顯示路径徑文件档檔拒绝絕访訪问]",
);
