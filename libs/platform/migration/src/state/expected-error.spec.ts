import { DomainError, messageOf } from '@sluice/core';
import { expected } from './expected-error';

/** As node-postgres and Node throw them. */
const thrown = (message: string, fields: Record<string, string> = {}): Error =>
  Object.assign(new Error(message), fields);

it.each([
  ['no such database', thrown('database "x" does not exist', { code: '3D000' }), 'POSTGRES_LOGIN_REFUSED', 'usage'],
  ['a wrong password', thrown('authentication failed', { code: '28P01' }), 'POSTGRES_LOGIN_REFUSED', 'usage'],
  ['a role that may not log in', thrown('not permitted', { code: '28000' }), 'POSTGRES_LOGIN_REFUSED', 'usage'],
  ['no password', thrown('SASL: SCRAM-SERVER-FIRST-MESSAGE: …'), 'POSTGRES_LOGIN_REFUSED', 'usage'],
  ['no TLS', thrown('The server does not support SSL connections'), 'POSTGRES_LOGIN_REFUSED', 'usage'],
  [
    'an unknown certificate',
    thrown('self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'POSTGRES_LOGIN_REFUSED',
    'usage',
  ],
  [
    'no socket',
    thrown('connect ENOENT', { code: 'ENOENT', syscall: 'connect' }),
    'POSTGRES_UNAVAILABLE',
    'unavailable',
  ],
  ['a silent resolver', thrown('getaddrinfo', { code: 'EAI_AGAIN' }), 'POSTGRES_UNAVAILABLE', 'unavailable'],
  ['an unknown host', thrown('getaddrinfo', { code: 'ENOTFOUND' }), 'POSTGRES_UNAVAILABLE', 'unavailable'],
  ['a server that starts', thrown('starting up', { code: '57P03' }), 'POSTGRES_UNAVAILABLE', 'unavailable'],
  ['too many connections', thrown('too many', { code: '53300' }), 'POSTGRES_BUSY', 'unavailable'],
  ['no memory on the server', thrown('out of memory', { code: '53200' }), 'POSTGRES_BUSY', 'unavailable'],
  ['a lock that is not given', thrown('lock timeout', { code: '55P03' }), 'POSTGRES_BUSY', 'unavailable'],
  [
    'an administrator who cancels',
    thrown('user request', { code: '57014' }),
    'POSTGRES_STATEMENT_CANCELLED',
    'unavailable',
  ],
  ['a full disk', thrown('no space left', { code: '53100' }), 'POSTGRES_FULL', 'unavailable'],
  ['a standby', thrown('read-only transaction', { code: '25006' }), 'MIGRATION_TARGET_READ_ONLY', 'refused'],
  ['no such table', thrown('does not exist', { code: '42P01' }), 'MIGRATION_ENGINE_SCHEMA', 'refused'],
])('calls %s by its name', (_what, error, code, kind) => {
  expect(expected(error)).toMatchObject({ code, kind, remedy: expect.stringMatching(/\w/) });
});

it('names the object and the privilege that PostgreSQL names', () => {
  const error = expected(
    thrown('permission denied for database "x"', { code: '42501', detail: 'User does not have CONNECT privilege.' }),
  );
  expect(error).toMatchObject({ code: 'POSTGRES_PRIVILEGE_MISSING', kind: 'refused' });
  expect(messageOf(error)).toMatch(/database "x" \(User does not have CONNECT privilege\)\.$/);
});

it('hears what the server said to a statement of Prisma', () => {
  const cause = {
    kind: 'postgres',
    originalCode: '42501',
    originalMessage: 'permission denied for table _prisma_migrations',
  };
  const invalid = thrown('Invalid `prisma.$queryRaw()` invocation', { code: 'P2010' });
  const error = expected(Object.assign(invalid, { meta: { driverAdapterError: { cause } } }));
  expect(error).toMatchObject({ code: 'POSTGRES_PRIVILEGE_MISSING', kind: 'refused' });
  expect(messageOf(error)).toMatch(/: permission denied for table _prisma_migrations\.$/);
});

it.each([
  ['a file that is not there', thrown('open ENOENT', { code: 'ENOENT', syscall: 'open' })],
  ['a mistake of the program', new TypeError('x is not a function')],
  ['SQL that is none', thrown('syntax error', { code: '42601' })],
])('leaves %s as it is', (_what, error) => {
  expect(expected(error)).toBe(error);
  expect(expected(error)).not.toBeInstanceOf(DomainError);
});
