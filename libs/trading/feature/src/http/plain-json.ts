import type { RequestProblem } from './request.pipe';

/** Deeper than any row of the legacy files; JSON of 100,000 brackets would end the stack of whoever walks it by recursion. */
const MAX_DEPTH = 32;

/**
 * What PostgreSQL or JSON cannot hold, wherever in a request it is: NUL, half a character (a lone surrogate), an infinity
 * (`1e999`), whole numbers beyond 2^53, which are rounded by now, and nesting over 32 levels. Names that every object of
 * JavaScript has (`constructor`) are refused too: the transformation to classes loses them, or fails. At most ten are
 * named; the walk keeps its own stack.
 */
export function unstorableParts(value: unknown): RequestProblem[] {
  const problems: RequestProblem[] = [];
  const open: { readonly value: unknown; readonly pointer: string; readonly depth: number }[] = [];
  open.push({ value, pointer: '', depth: 0 });
  for (let part = open.pop(); part !== undefined && problems.length < 10; part = open.pop()) {
    const { pointer, depth } = part;
    const detail = faultOf(part.value) ?? (depth > MAX_DEPTH ? `must not nest over ${MAX_DEPTH} levels` : null);
    if (detail !== null) problems.push({ pointer, detail: `${pointer.slice(1) || 'the value'} ${detail}` });
    else if (typeof part.value === 'object' && part.value !== null)
      for (const [name, member] of Object.entries(part.value).reverse()) {
        if (faultOf(name) !== null || name in Object.prototype)
          problems.push({ pointer, detail: 'a name in the body must be plain text' });
        else open.push({ value: member, pointer: `${pointer}/${pointerPart(name)}`, depth: depth + 1 });
      }
  }
  return problems;
}

/** Of the whole body. A run of twenty picks has some hundreds. */
const MAX_VALUES = 100_000;
/** Of one object: the transformation to classes takes time by their square, half a minute for as many as a body may hold. */
const MAX_MEMBERS = 2_000;

/** Why a body would keep the process from everything else, whatever its bytes; null where it would not. */
export function sizeFault(value: unknown): string | null {
  const open: unknown[] = [value];
  let count = 0;
  while (open.length > 0) {
    const part = open.pop();
    if (++count > MAX_VALUES) return `the body must hold at most ${MAX_VALUES} values`;
    if (typeof part !== 'object' || part === null) continue;
    const members: unknown[] = Object.values(part);
    if (!Array.isArray(part) && members.length > MAX_MEMBERS)
      return `an object in the body must have at most ${MAX_MEMBERS} members`;
    if (count + members.length > MAX_VALUES) return `the body must hold at most ${MAX_VALUES} values`;
    for (const member of members) open.push(member);
  }
  return null;
}

function faultOf(value: unknown): string | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'must be a finite number';
    const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
    return isRounded ? 'must be a number up to 2^53, or text' : null;
  }
  if (typeof value !== 'string') return null;
  return /[\0\p{Surrogate}]/u.test(value) ? 'must hold neither NUL nor half a character' : null;
}

/** A name as a part of a JSON pointer, cut where it is overlong. */
export const pointerPart = (name: string): string => name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
