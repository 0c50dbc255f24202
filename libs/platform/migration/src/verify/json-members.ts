import { copyBytes } from './copy-bytes';

/**
 * Sorts the members of one canonical object as jsonb does: by the length of the key, then by its bytes. Members are known by
 * marks, three numbers each: where the key begins and ends, with its quotes, and where the value ends.
 */
export class JsonMembers {
  /** The members' places among the marks, by key; equal keys stay in their order. */
  order: number[] = [];
  private bytes = Buffer.allocUnsafe(1 << 16);
  private marks = new Int32Array(0);
  private start = 0;
  private escaped = false;

  /** Takes `out[start, end)` away and sorts it. `escaped`: a key may hold escapes, and is compared by what it stands for. */
  take(out: Buffer, start: number, end: number, marks: Int32Array<ArrayBuffer>, escaped: boolean): void {
    if (this.bytes.length < end - start) this.bytes = Buffer.allocUnsafe(2 * (end - start));
    copyBytes(out, start, end, this.bytes, 0);
    this.marks = marks;
    this.start = start;
    this.escaped = escaped;
    this.order = this.sorted();
  }

  /** Does the next member have the same key? */
  isRepeated(index: number): boolean {
    const next = this.order[index + 1];
    return next !== undefined && this.compare(this.order[index]!, next) === 0;
  }

  writeTo(out: Buffer, position: number, index: number): number {
    const mark = this.order[index]!;
    return copyBytes(this.bytes, this.marks[mark]! - this.start, this.marks[mark + 2]! - this.start, out, position);
  }

  /** Few as members are, insertion is the fastest sort. */
  private sorted(): number[] {
    const order: number[] = [];
    for (let mark = 0; mark < this.marks.length; mark += 3) order.push(mark);
    if (order.length > 64) return order.sort((a, b) => this.compare(a, b));
    for (let i = 1; i < order.length; i++) {
      const mark = order[i]!;
      let place = i;
      for (; place > 0 && this.compare(order[place - 1]!, mark) > 0; place--) order[place] = order[place - 1]!;
      order[place] = mark;
    }
    return order;
  }

  private compare(a: number, b: number): number {
    const { marks, bytes, start } = this;
    const left = marks[a]! - start + 1;
    const right = marks[b]! - start + 1;
    const length = marks[a + 1]! - start - 1 - left;
    const otherLength = marks[b + 1]! - start - 1 - right;
    if (this.escaped) {
      const [one, other] = [unescaped(bytes, left, length), unescaped(bytes, right, otherLength)];
      return one.length - other.length || one.compare(other);
    }
    if (length !== otherLength) return length - otherLength;
    for (let i = 0; i < length; i++) {
      const step = bytes[left + i]! - bytes[right + i]!;
      if (step !== 0) return step;
    }
    return 0;
  }
}

/** The bytes that a canonical key stands for. */
function unescaped(bytes: Buffer, start: number, length: number): Buffer {
  return Buffer.from(JSON.parse(`"${bytes.toString('utf8', start, start + length)}"`) as string);
}
