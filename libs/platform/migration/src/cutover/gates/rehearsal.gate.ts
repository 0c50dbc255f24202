import { databaseName } from '../../state/this-database';
import { domainDigest, findRehearsal } from '../rehearsals';
import { open, shut, type Gate } from '../gate';

export const rehearsalGate: Gate = {
  name: 'rehearsal',
  about: 'the way there and back was gone on a copy, with this schema and these mappings',
  before: ['cutover'],
  isAskedAgain: false,
  async check({ client, domain, probes }) {
    const last = await findRehearsal(client, domain.name);
    const remedy = `Run \`sluice cutover rehearse --domain ${domain.name} --by NAME\`.`;
    if (!last) return shut('never rehearsed', remedy);
    const at = `${last.rehearsedAt.toISOString().slice(0, 16)}Z`;
    if (!last.passed) return shut(`the last rehearsal, of ${at}, failed`, remedy);
    if (last.detail['database'] !== (await databaseName(client)))
      return shut(`the last rehearsal, of ${at}, is not known to be of this very database`, remedy);
    if (last.mappingDigest !== domainDigest(domain)) return shut(`rehearsed at ${at} with other mappings`, remedy);
    const { applied } = await probes.schema();
    const version = [...applied].sort().at(-1) ?? 'none';
    if (last.schemaVersion !== version) return shut(`rehearsed at ${at} with the schema ${last.schemaVersion}`, remedy);
    return open(`passed at ${at} by ${last.rehearsedBy}`);
  },
};
