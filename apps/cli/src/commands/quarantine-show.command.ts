import { findQuarantined } from '@sluice/migration';
import { UsageError } from '../cli.errors';
import { exitCodes } from '../exit-codes';
import { wholeNumber, type Context } from '../context';
import { withDatabase } from '../database';
import { formatTable } from '../output/table';

export default async function quarantineShow(context: Context, id = ''): Promise<number> {
  wholeNumber('<id>', id, 1);
  const row = await withDatabase(context, 'quarantine', (client) => findQuarantined(client, id));
  if (!row) throw new UsageError(`There is no quarantined row ${id}.`, { remedy: 'See `sluice quarantine list`.' });
  if (context.options.json) {
    context.print(JSON.stringify(row, null, 2));
    return exitCodes.done;
  }
  const state = row.replayedAt ? `replayed ${row.replayedAt.toISOString()}` : 'still set aside';
  context.print(
    `${row.table} ${row.key}: ${row.reason} [${row.code}]${row.column ? ` in ${row.column}` : ''}; ${state}`,
  );
  const lines = Object.entries(row.raw).map(([column, value]) => valueLine(column, value as RawValue));
  context.print(formatTable(['column', 'class', 'bytes', 'value'], lines, ['left', 'left', 'right', 'left']));
  return exitCodes.done;
}

interface RawValue {
  readonly class: string;
  readonly text?: string;
  readonly hex?: string;
  readonly bytes?: number;
}

const SHOWN_CHARS = 96;

/** Printable ASCII as it is, everything else in hexadecimal: no byte is interpreted on the operator's terminal. */
function valueLine(column: string, value: RawValue): string[] {
  if (value.text !== undefined || value.hex === undefined) return [column, value.class, '', value.text ?? ''];
  const text = Buffer.from(value.hex, 'hex').toString('latin1');
  const shown = /^[\x20-\x7e]*$/.test(text) ? text : `0x${value.hex}`;
  const cut = shown.length > SHOWN_CHARS ? `${shown.slice(0, SHOWN_CHARS)}… (--json shows all)` : shown;
  return [column, value.class, String(value.bytes ?? ''), cut];
}
