import { DomainModes, readsLegacy } from './domain-modes';
import { PostgresUnavailableError } from './postgres.errors';

type Row = { readonly name: string; readonly mode: string; readonly epoch: string };

function modesOver(stored: { rows: Row[] | Error }) {
  const clock = { ms: 0 };
  let looks = 0;
  const rows = () => {
    looks++;
    return stored.rows instanceof Error ? Promise.reject(stored.rows) : Promise.resolve(stored.rows as never[]);
  };
  return { modes: new DomainModes({ rows }, undefined, () => clock.ms), clock, looks: () => looks };
}

const runs = (mode: string, epoch: string): Row => ({ name: 'runs', mode, epoch });
const away = new PostgresUnavailableError(null);

describe('DomainModes', () => {
  it('knows of no mode before it has looked, and asks PostgreSQL when somebody needs to know', async () => {
    const { modes, looks } = modesOver({ rows: [runs('dual', '3')] });
    expect([modes.peek('runs'), modes.areOneSided]).toEqual([undefined, false]);
    expect(await Promise.all([modes.current('runs'), modes.current('runs')])).toEqual([
      { mode: 'dual', epoch: '3' },
      { mode: 'dual', epoch: '3' },
    ]);
    expect([looks(), modes.peek('costs')]).toEqual([1, undefined]);
  });

  it('relies on what it saw for two seconds and no longer', async () => {
    const stored = { rows: [runs('dual', '1')] };
    const { modes, clock } = modesOver(stored);
    await modes.look();
    stored.rows = [runs('cutover', '2')];
    clock.ms = 2_000;
    expect((await modes.current('runs'))?.mode).toBe('dual');
    clock.ms = 2_001;
    expect((await modes.current('runs'))?.mode).toBe('cutover');
  });

  it('does not read the legacy side when it cannot look whether that is still the one', async () => {
    const stored: { rows: Row[] | Error } = {
      rows: [runs('dual', '1'), { name: 'costs', mode: 'cutover', epoch: '1' }],
    };
    const { modes, clock } = modesOver(stored);
    await modes.look();
    stored.rows = away;
    clock.ms = 5_000;
    await expect(modes.current('runs')).rejects.toBe(away);
    expect((await modes.current('costs'))?.mode).toBe('cutover');
    expect(await modes.current('picks')).toBeUndefined();
  });

  it('tells of each change once, also of a domain that is gone', async () => {
    const stored = { rows: [runs('dual', '1')] };
    const { modes } = modesOver(stored);
    const heard: string[] = [];
    modes.onChange((domain, before, after) => heard.push(`${domain} ${before?.mode} ${after?.mode}`));
    await modes.look();
    await modes.look();
    stored.rows = [runs('dual', '2')];
    await modes.look();
    stored.rows = [];
    await modes.look();
    expect(heard).toEqual(['runs undefined dual', 'runs dual dual', 'runs dual undefined']);
  });

  it('knows of none where the schema is older', async () => {
    const missing = Object.assign(new Error('no table'), {
      meta: { driverAdapterError: { cause: { originalCode: '42P01' } } },
    });
    const { modes } = modesOver({ rows: missing });
    expect(await modes.current('runs')).toBeUndefined();
    expect(modes.areOneSided).toBe(true);
  });

  it.each<[string, boolean, Row[]]>([
    ['no domain has a mode', true, []],
    ['all that have one are PostgreSQL alone', true, [runs('new', '9'), { ...runs('new', '4'), name: 'costs' }]],
    ['one is on its way', false, [runs('new', '9'), { ...runs('legacy', '1'), name: 'costs' }]],
  ])('knows where a request needs to remember no side: %s', async (_what, areOneSided, rows) => {
    const { modes } = modesOver({ rows });
    await modes.start();
    expect(modes.areOneSided).toBe(areOneSided);
    await modes.close();
  });

  it('has started when it has looked, though PostgreSQL is away', async () => {
    const { modes, looks } = modesOver({ rows: away });
    await modes.start();
    expect([looks(), modes.areOneSided]).toEqual([1, true]);
    await modes.close();
  });

  it.each([
    ['legacy', true],
    ['dual', true],
    ['shadow', true],
    ['cutover', false],
    ['new', false],
  ] as const)('reads the legacy side in %s: %s', (mode, isLegacy) => {
    expect(readsLegacy(mode)).toBe(isLegacy);
  });
});
