/** What a load has to know of a reply. */
export type Reply =
  | { readonly kind: 'value' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Reply[] };

/**
 * Collects the replies of one request. As long as they are byte for byte those of success they are only compared, which
 * costs next to nothing; from the first other byte on they are read.
 */
export class ReplyCollector {
  private matched = 0;
  private bytes: Buffer | null = null;

  constructor(
    private readonly expected: Buffer,
    private readonly count: number,
  ) {}

  /** Null while replies are missing; `success`, or all replies in order. Throws where the bytes are no replies. */
  take(chunk: Buffer): 'success' | readonly Reply[] | null {
    const { expected, matched } = this;
    const end = matched + chunk.length;
    if (!this.bytes && end <= expected.length && chunk.compare(expected, matched, end) === 0) {
      this.matched = end;
      return end === expected.length ? 'success' : null;
    }
    this.bytes = Buffer.concat([this.bytes ?? expected.subarray(0, matched), chunk]);
    return readReplies(this.bytes, this.count);
  }
}

/** So many replies; null where some are incomplete. */
export function readReplies(bytes: Buffer, count: number): Reply[] | null {
  const replies: Reply[] = [];
  let at = 0;
  while (replies.length < count) {
    const read = readReply(bytes, at);
    if (!read) return null;
    replies.push(read.reply);
    at = read.next;
  }
  if (at < bytes.length) throw new Error('Redis sent more replies than there were commands.');
  return replies;
}

interface Read {
  readonly reply: Reply;
  readonly next: number;
}

const VALUE: Reply = { kind: 'value' };
const NIL: Reply = { kind: 'nil' };

function readReply(bytes: Buffer, at: number): Read | null {
  const end = bytes.indexOf('\r\n', at);
  if (end < 0) return null;
  const next = end + 2;
  const text = () => bytes.toString('utf8', at + 1, end);
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case '+':
    case ':':
      return { reply: VALUE, next };
    case '-':
      return { reply: { kind: 'error', text: text() }, next };
    case '$': {
      const length = Number(text());
      if (length < 0) return { reply: NIL, next };
      return next + length + 2 > bytes.length ? null : { reply: VALUE, next: next + length + 2 };
    }
    case '*':
      return readArray(bytes, next, Number(text()));
    default:
      throw new Error('Redis sent what is no reply.');
  }
}

function readArray(bytes: Buffer, start: number, length: number): Read | null {
  if (length < 0) return { reply: NIL, next: start };
  const items: Reply[] = [];
  let next = start;
  while (items.length < length) {
    const read = readReply(bytes, next);
    if (!read) return null;
    items.push(read.reply);
    next = read.next;
  }
  return { reply: { kind: 'array', items }, next };
}
