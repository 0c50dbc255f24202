import type { FastifyRequest } from 'fastify';
import { idempotentRequestOf } from './idempotency';
import { RequestInvalidError } from './request.pipe';

const requestWith = (body: unknown): FastifyRequest =>
  ({ method: 'POST', url: '/v1/runs', headers: { 'idempotency-key': 'a' }, body }) as unknown as FastifyRequest;

const fingerprintOf = (json: string): string | undefined =>
  idempotentRequestOf(requestWith(JSON.parse(json)))?.fingerprint.toString('hex');

it('takes a request for the same whose members come in another order, with other blanks', () => {
  const first = fingerprintOf('{"b":[{"y":1,"x":null},2],"a":{"d":"t","c":1.50}}');
  expect(fingerprintOf('{ "a": {"c": 1.5, "d": "t"}, "b": [{"x": null, "y": 1}, 2] }')).toBe(first);
});

it.each([
  ['a list in another order', '{"a":[1,2]}', '{"a":[2,1]}'],
  ['text for a number', '{"a":1}', '{"a":"1"}'],
  ['a member more', '{"a":1}', '{"a":1,"b":null}'],
  ['a member in another object', '{"a":{"b":1},"c":{}}', '{"a":{},"c":{"b":1}}'],
  ['an object for a list', '{"a":[1]}', '{"a":{"0":1}}'],
])('takes a request for another with %s', (_case, one, other) => {
  expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
});

it('refuses a body that nests too deep to be written as text', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(() => idempotentRequestOf(requestWith(deep))).toThrow(RequestInvalidError);
});

it('puts nothing in order that the pipe refuses for its size', () => {
  const wide = (first: object): string =>
    JSON.stringify(Object.assign(first, ...Array.from({ length: 2_001 }, (_v, i) => ({ [`k${i}`]: i }))));
  expect(fingerprintOf(wide({ a: 1, b: 2 }))).not.toBe(fingerprintOf(wide({ b: 2, a: 1 })));
});

it('leaves to the pipe what a text may hold', () => {
  expect(idempotentRequestOf(requestWith({ items: ['\0'] }))).toMatchObject({ key: 'a', caller: 'anonymous' });
});
