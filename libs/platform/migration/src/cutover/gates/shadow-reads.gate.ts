import type { Client } from 'pg';
import { shadowReads } from '../../domains/shadow-reads';
import { open, shut, type Gate } from '../gate';

export const shadowReadsGate: Gate = {
  name: 'shadow-reads',
  about:
    'enough reads were asked of both sides in this mode, no difference is without an explanation, and PostgreSQL answers',
  before: ['cutover'],
  isAskedAgain: true,
  async check({ client, domain, policy }) {
    const reads = await shadowReads(client, domain.name);
    if (reads?.mode !== 'shadow') return shut('the domain is not in mode shadow', 'Advance it to `shadow` first.');
    const { compared, unexplained, skipped, failed } = reads;
    const evidence = `${compared} compared, ${unexplained} unexplained, ${skipped} not judged, ${failed} without an answer`;
    if (unexplained > 0)
      return shut(evidence, `Look at \`sluice cutover explain --domain ${domain.name}\`; mend the difference, or say why it is none with \`sluice cutover explain ID --by NAME --reason TEXT\`.`); // prettier-ignore
    if (compared < policy.shadowReads)
      return shut(`${evidence}; ${policy.shadowReads} are asked for`, 'Let the API serve reads, or raise SHADOW_READS_PERCENT.'); // prettier-ignore
    const silent = await silentOperations(client, domain.name);
    if (silent.length > 0)
      return shut(`${evidence}; mostly without an answer: ${silent.join(', ')}`, 'Look in the log of the API why PostgreSQL does not answer them; after the cutover it is the only one who does.'); // prettier-ignore
    return open(evidence);
  },
};

/** Those that more often failed than not: what PostgreSQL cannot answer at all is never different. */
async function silentOperations(client: Client, domain: string): Promise<string[]> {
  const { rows } = await client.query<{ operation: string }>(
    `SELECT operation FROM migration_shadow_reads r JOIN migration_domains d ON d.name = r.domain AND d.epoch = r.epoch
      WHERE d.name = $1 AND failed > compared ORDER BY operation COLLATE "C"`,
    [domain],
  );
  return rows.map(({ operation }) => operation);
}
