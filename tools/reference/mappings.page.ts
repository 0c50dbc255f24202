import type { Conversion, LegacyTable } from '@sluice/migration';
import { tradingTables } from '@sluice/trading-legacy';
import { code, page, table } from './markdown';

/** What becomes of every column of every legacy table. */
export function mappingsPage(): string {
  return page(
    'Mappings',
    'A column or table of a legacy file that is not on this page stops the migration before anything is written. The ' +
      'rules of each conversion are in `libs/platform/migration/src/mapping/conversion.ts`.',
    table(['table', 'file', 'to'], tradingTables.map((mapping) => [
      `[${mapping.name}](#${mapping.name})`,
      code(mapping.source.file),
      targetOf(mapping),
    ])), // prettier-ignore
    ...tradingTables.map(section),
  );
}

const targetOf = ({ target }: LegacyTable): string =>
  target.kind === 'postgres' ? `Postgres table ${code(target.table)}` : `cache ${code(target.cache)}`;

function section(mapping: LegacyTable): string {
  const { source, after, columns, dropped, choices } = mapping;
  const facts = [
    source.family
      ? `From the files ${code(source.file)}, in the order of their names, to ${targetOf(mapping)}; ${code(source.key)} is made of the number of the file and of the row in it.`
      : `From ${code(source.file)}, table ${code(source.table)}, in the order of ${code(source.key)}, to ${targetOf(mapping)}.`,
    ...(after.length > 0 ? [`Loaded after ${after.map(code).join(', ')}.`] : []),
    ...choices.map(
      ({ column, about, proof }) =>
        `${code(column)} is mislabelled (${about}); ${code(proof.column)} is the witness. Kept as labelled unless ` +
        `chosen otherwise with ${code(`--choose ${mapping.name}.${column}=proven`)} or ${code('all')}.`,
    ),
  ];
  const mapped = Object.entries(columns).map(([name, conversion]) => [
    code(name),
    describe(conversion),
    conversion.nullable ? 'yes' : 'no',
  ]);
  const left = Object.entries(dropped).map(([name, reason]) => [code(name), `left behind: ${reason}`, '']);
  return [
    `## ${mapping.name}`,
    facts.join(' '),
    table(['column', 'conversion', 'may be NULL'], [...mapped, ...left]),
  ].join('\n\n');
}

/** A conversion with its parameters, in words. */
function describe(conversion: Conversion): string {
  switch (conversion.kind) {
    case 'decimal':
      return `decimal, ${conversion.precision} digits, ${conversion.scale} of them after the point`;
    case 'timestamp':
      return `timestamp, without an offset read as ${conversion.zone}`;
    case 'json':
      return conversion.bareText ? 'json; a text that is not JSON becomes a JSON string' : 'json';
    default:
      return conversion.kind;
  }
}
