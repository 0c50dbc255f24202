import { quoteName } from '../exact/legacy-value';
import type { Conversion } from '../mapping/conversion';
import type { affinityOf } from './page-layout';

/** A column of a frame, in the order of the COPY's column list. */
export interface FrameColumn {
  readonly name: string;
  readonly conversion: Conversion;
  readonly affinity: ReturnType<typeof affinityOf>;
  /** The row's key, which stands in front of every frame and is not repeated. */
  readonly isKey: boolean;
}

/** How a column travels: numbers as text up to a comma, everything else as its bytes behind their number and a colon. */
export const travelsAsNumber = ({ kind }: Conversion): boolean =>
  kind === 'integer' || kind === 'float' || kind === 'decimal' || kind === 'boolean';

/**
 * One row as `key,` and its values (`12,` and `5:Hello`, and `,` and `:` for NULL), or as `key!` where a storage class is
 * one that the text would not tell from another. `concat` takes NULL for nothing and copies each value once.
 */
export function frameExpression(key: string, columns: readonly FrameColumn[]): string {
  const others = columns.filter(({ isKey }) => !isKey);
  const values = others.flatMap(({ name, conversion }) => {
    const column = quoteName(name);
    return travelsAsNumber(conversion) ? [column, `','`] : [`octet_length(${column})`, `':'`, column];
  });
  const odd = others.flatMap(oddClasses);
  const frame = concat([quoteName(key), `','`, ...values]);
  return odd.length > 0 ? `CASE WHEN ${odd.join(' OR ')} THEN concat(${quoteName(key)}, '!') ELSE ${frame} END` : frame;
}

/**
 * True for a storage class that the frame would hide. SQLite orders the classes: numbers < texts < blobs; the `+` keeps
 * the affinity out of the comparison. The text of a double does not tell -0.0 from 0.0. `typeof` does not load a long text
 * from its overflow pages; on short ones a comparison is cheaper.
 */
function oddClasses({ name, conversion, affinity }: FrameColumn): string[] {
  const column = quoteName(name);
  switch (conversion.kind) {
    case 'integer':
    case 'boolean':
    case 'decimal':
      return [`+${column} >= ''`];
    case 'float':
      return [`+${column} >= ''`, `+${column} = 0 AND atan2(${column}, -1) < 0`];
    case 'json':
      return [affinity === 'text' ? `typeof(${column}) = 'blob'` : `typeof(${column}) NOT IN ('text', 'null')`];
    case 'text':
      return [`+${column} >= x''`, ...(affinity === 'text' ? [] : [`+${column} < ''`])];
    case 'timestamp':
    case 'date':
      return [`+${column} >= x''`]; // A number has not the form of a time.
  }
}

/** SQLite allows a function at least 100 arguments. */
function concat(parts: readonly string[]): string {
  if (parts.length <= 100) return `concat(${parts.join(', ')})`;
  return concat([concat(parts.slice(0, 100)), ...parts.slice(100)]);
}
