import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { formatTable } from '../output/table';
import { readSchemaState, schemaRemedy } from '../schema-state';

/** Exit 0 when the schema is up to date, 3 when something is pending, failed or foreign. */
export default async function dbStatus(context: Context): Promise<number> {
  const state = await readSchemaState(context, 'db status');
  const open = [...state.pending, ...state.failed, ...state.changed, ...state.unknown];
  if (context.options.json) context.print(JSON.stringify({ ...state, upToDate: open.length === 0 }, null, 2));
  else {
    const rows = Object.entries(state).flatMap(([what, names]) => (names as string[]).map((name) => [name, what]));
    context.print(formatTable(['migration', 'state'], rows, ['left', 'left']));
    const remedy = schemaRemedy(state);
    if (remedy !== undefined) context.print(remedy);
  }
  return open.length === 0 ? exitCodes.done : exitCodes.refused;
}
