import type { CopiedPages } from './copied-pages';
import { INTERIOR, LEAF, type Cell } from './table-page';
import type { FoundLeaf } from './table-survey';

const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
/** A pointer, a key of nine bytes at most, and the cell's place. */
const MOST_CHILD_BYTES = 4 + 9 + 2;

/** A leaf with these cells of a page, byte for byte, and nothing else. */
export function leafOf(pages: CopiedPages, from: Buffer, cells: readonly Cell[]): Buffer {
  const page = Buffer.alloc(pages.pageSize);
  let end = pages.usableSize;
  page.writeUInt8(LEAF, 0);
  page.writeUInt16BE(cells.length, 3);
  cells.forEach(({ start, size }, i) => {
    end -= size;
    from.copy(page, end, start, start + size);
    page.writeUInt16BE(end, LEAF_HEADER + 2 * i);
  });
  page.writeUInt16BE(end === 65_536 ? 0 : end, 5);
  return page;
}

type Node = Pick<FoundLeaf, 'page' | 'last'>;

/**
 * Writes new interior pages above a table's leaves, the topmost at its root. `newPage` gives the number of a page that
 * nobody uses.
 */
export function writeTree(pages: CopiedPages, rootPage: number, leaves: readonly Node[], newPage: () => number): void {
  const [only, ...more] = leaves;
  if (more.length === 0) {
    pages.write(rootPage, only ? pages.read(only.page) : leafOf(pages, Buffer.alloc(0), []));
    return;
  }
  let nodes = leaves;
  const most = Math.floor((pages.usableSize - INTERIOR_HEADER) / MOST_CHILD_BYTES) + 1;
  while (nodes.length > most) {
    nodes = evenly(nodes, Math.ceil(nodes.length / most)).map((children) => {
      const page = newPage();
      pages.write(page, interiorOf(pages, children));
      return { page, last: children.at(-1)?.last ?? 0n };
    });
  }
  pages.write(rootPage, interiorOf(pages, nodes));
}

/** In order, and in parts of which none has one more than another but one. */
function evenly<Item>(items: readonly Item[], parts: number): Item[][] {
  return Array.from({ length: parts }, (_, i) =>
    items.slice(Math.floor((i * items.length) / parts), Math.floor(((i + 1) * items.length) / parts)),
  );
}

function interiorOf(pages: CopiedPages, children: readonly Node[]): Buffer {
  const page = Buffer.alloc(pages.pageSize);
  const cells = children.slice(0, -1);
  let end = pages.usableSize;
  page.writeUInt8(INTERIOR, 0);
  page.writeUInt16BE(cells.length, 3);
  cells.forEach(({ page: child, last }, i) => {
    const key = varint(last);
    end -= 4 + key.length;
    page.writeUInt32BE(child, end);
    key.copy(page, end + 4);
    page.writeUInt16BE(end, INTERIOR_HEADER + 2 * i);
  });
  page.writeUInt16BE(end === 65_536 ? 0 : end, 5);
  page.writeUInt32BE(children.at(-1)?.page ?? 0, 8);
  return page;
}

/** Seven bits a byte, the highest first; eight in the ninth. */
function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, value);
  if (rest >= 1n << 56n) {
    const bytes = [Number(rest & 255n)];
    rest >>= 8n;
    for (let i = 0; i < 8; i++, rest >>= 7n) bytes.unshift(Number(rest & 127n) | 128);
    return Buffer.from(bytes);
  }
  const bytes = [Number(rest & 127n)];
  for (rest >>= 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 127n) | 128);
  return Buffer.from(bytes);
}
