import { isContended, isReadOnly, isUnavailable, refusalOf } from './postgres.errors';

describe('isUnavailable', () => {
  it.each([
    ['a refused connection', { kind: 'DatabaseNotReachable' }],
    ['a shutdown', { originalCode: '57P01', kind: 'postgres' }],
    ['a cancelled statement', { originalCode: '57014' }],
    ['a wrong password', { originalCode: '28P01' }],
    ['too many connections', { originalCode: '53300' }],
  ])('knows %s inside a Prisma error', (_, cause) => {
    expect(isUnavailable({ code: 'P2010', meta: { driverAdapterError: { cause } } })).toBe(true);
  });

  it('knows the time-outs of node-postgres, which have no code', () => {
    expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true);
    const broken = 'Client has encountered a connection error and is not queryable';
    expect(isUnavailable(new Error(broken))).toBe(true);
    expect(isUnavailable(new Error('outer', { cause: new Error('Query read timeout') }))).toBe(true);
  });

  it.each([
    ['a missing table', { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '42P01' } } } }],
    ['a bug', new TypeError('x is not a function')],
    ['nothing', undefined],
  ])('does not blame the server for %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

describe('isContended', () => {
  it.each([
    ['a deadlock', { originalCode: '40P01', kind: 'TransactionWriteConflict' }, true],
    ['a lock that is not given', { originalCode: '55P03' }, true],
    ['a value that is there', { originalCode: '23505' }, false],
  ])('knows whether %s is one', (_, cause, is) => {
    expect(isContended({ code: 'P2010', meta: { driverAdapterError: { cause } } })).toBe(is);
  });
});

describe('isReadOnly', () => {
  it.each([
    ['a standby', { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '25006' } } } }, true],
    ['a shutdown', { code: '57P01' }, false],
  ])('knows whether %s is one', (_, error, is) => {
    expect(isReadOnly(error)).toBe(is);
  });
});

describe('refusalOf', () => {
  const failed = (code: string) => ({
    code: 'P2010',
    meta: { driverAdapterError: { cause: { code, detail: '{"domain": "runs", "mode": "legacy"}' } } },
  });

  it('knows the refusal of a guarded table, with the domain and its mode', () => {
    const refusal = refusalOf(failed('SL001'));
    expect(refusal).toMatchObject({ code: 'DOMAIN_WRITE_REFUSED', kind: 'conflict', domain: 'runs', mode: 'legacy' });
    expect(refusal?.message).toContain('only the legacy program writes');
    expect(refusalOf(failed('23505'))).toBeNull();
    expect(refusalOf(new Error('SL001'))).toBeNull();
  });
});
