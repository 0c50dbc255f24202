import { Log, type LogLevel } from './log';

const aLog = (level: LogLevel, json: boolean) => {
  const lines: string[] = [];
  return { lines, log: new Log({ level, json }, (line) => lines.push(line)) };
};

describe('Log', () => {
  it('writes one JSON object per line, line breaks in values included', () => {
    const { lines, log } = aLog('info', true);
    log.event('info', 'answered', { path: '/a\nb', status: 200 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      message: 'answered',
      path: '/a\nb',
      status: 200,
    });
  });

  it('writes plain text for people', () => {
    const { lines, log } = aLog('info', false);
    log.event('warn', 'late', { ms: 5, code: undefined });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}late ms=5\n$/);
  });

  it('shows of an API key only its public half, wherever it is', () => {
    const secret = `${'aB3-_'.repeat(8)}xyz`;
    for (const json of [true, false]) {
      const { lines, log } = aLog('info', json);
      log.event('info', `a sluice_0123456789ab_${secret}`, { path: `/x/sluice_0123456789ab_${secret}/y` });
      log.failure('failed', new Error(`sluice_0123456789ab_${secret}`));
      expect(lines.join('')).toContain('sluice_0123456789ab_***');
      expect(lines.join('')).not.toContain(secret);
    }
  });

  it('leaves out what is less severe than its level', () => {
    const { lines, log } = aLog('warn', true);
    log.event('info', 'no');
    log.log('no');
    log.warn('yes');
    log.error('yes');
    expect(lines).toHaveLength(2);
  });

  it('keeps the causes and the stack of a failure', () => {
    const { lines, log } = aLog('error', true);
    log.failure('failed', new Error('outer', { cause: new Error('inner') }), { requestId: 'r1' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ error: 'outer (inner)', requestId: 'r1', stack: expect.stringContaining('log.spec') },
    });
  });
});
