// Paper: what comes out of a receipt printer, read from its bytes by other people's code: npos takes them apart, iconv-lite
// knows the letters. Which page is which number is in Epson's reference for the TM-T88V.
import iconv from 'iconv-lite';
import Parser from 'npos/lib/parser/index.js';
import rules from 'npos/lib/parser/rules.js';

/** `GS ( k`, which npos does not know, is built like its neighbours: two bytes of length, and so many. */
const parser = new Parser({ ...rules, 29: { ...rules[29], '(k': [0, 'd16'] } });

const PAGES: Record<number, string> = {
  0: 'cp437', 2: 'cp850', 3: 'cp860', 4: 'cp863', 5: 'cp865', 13: 'cp857', 14: 'cp737', 15: 'iso88597', 16: 'win1252',
  17: 'cp866', 18: 'cp852', 19: 'cp858', 33: 'cp775', 34: 'cp855', 35: 'cp861', 38: 'cp869', 39: 'iso88592',
  40: 'iso885915', 45: 'win1250', 46: 'win1251', 47: 'win1253', 48: 'win1254', 51: 'win1257',
};

/** A piece of paper, as it is torn off or cut off. */
export interface Slip {
  rows: string[];
  /** Code 128, as it was given. */
  barcodes: string[];
  /** QR codes, as they were given. */
  squares: string[];
  images: number;
  cut: boolean;
}

export interface Paper {
  slips: Slip[];
  /** Pulses for the drawer, by the pin. */
  pulses: number[];
}

export function read(bytes: number[]): Paper {
  const { raw, tree, error } = parser.analyze(Buffer.from(bytes));
  if (tree === null) {
    throw error ?? new Error('the bytes are no ESC/POS');
  }
  const slip = (): Slip => ({ rows: [], barcodes: [], squares: [], images: 0, cut: false });
  const paper: Paper = { slips: [], pulses: [] };
  let now = slip();
  let text = '';
  let page = 'cp437';
  for (const { ascii, fn, offset, length } of tree) {
    const first = offset + 1 + fn.length;
    switch (ascii + fn) {
      case 'STX':
        text += iconv.decode(raw.subarray(offset, offset + length), page);
        break;
      case 'ESCt':
        page = PAGES[raw[first] ?? 0] ?? 'ascii';
        break;
      case 'GSk':
        now.barcodes.push(raw.subarray(first + 2, first + 2 + (raw[first + 1] ?? 0)).toString('latin1'));
        break;
      case 'GS(k': {
        // Two bytes of length, `1` for QR, the function; `P0` stores what it says.
        const data = raw.subarray(first, offset + length);
        const stored = data.indexOf('1P0', 0, 'latin1');
        if (stored >= 0) {
          now.squares.push(data.subarray(stored + 3).toString('latin1'));
        }
        break;
      }
      case 'GSv0':
        now.images += 1;
        break;
      case 'ESCp':
        paper.pulses.push(raw[first] === 0 ? 2 : 5);
        break;
      case 'GSV':
        paper.slips.push({ ...now, rows: text.split('\n').map((row) => row.trimEnd()), cut: true });
        now = slip();
        text = '';
        break;
      default:
    }
  }
  if (text.trim() !== '' || now.images > 0) {
    paper.slips.push({ ...now, rows: text.split('\n') });
  }
  return paper;
}

/** The words of a slip or a screen, whatever is between them: rules and blanks are each one's own affair. */
export function words(text: string): string {
  return text.replaceAll(/-{8,}/g, '').replaceAll(/\s+/g, '');
}
