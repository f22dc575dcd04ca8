// What we use of npos, which brings no types of its own.
declare module 'npos/lib/parser/index.js' {
  interface Node {
    ascii: string;
    fn: string;
    offset: number;
    length: number;
  }
  export default class Parser {
    constructor(rules?: unknown);
    analyze(raw: Buffer): { raw: Buffer; error?: Error; tree: Node[] | null };
  }
}
declare module 'npos/lib/parser/rules.js' {
  const rules: Record<string, Record<string, unknown>>;
  export default rules;
}
