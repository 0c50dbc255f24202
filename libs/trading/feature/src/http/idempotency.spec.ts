import type { FastifyRequest } from 'fastify';
import { idempotentRequestOf } from './idempotency';
import { RequestInvalidError } from './request.pipe';

const requestWith = (body: unknown): FastifyRequest =>
  ({ method: 'POST', url: '/v1/runs', headers: { 'idempotency-key': 'a' }, body }) as unknown as FastifyRequest;

it('refuses a body that nests too deep to be written as text', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  expect(() => idempotentRequestOf(requestWith(deep))).toThrow(RequestInvalidError);
});

it('leaves to the pipe what a text may hold', () => {
  expect(idempotentRequestOf(requestWith({ items: ['\0'] }))).toMatchObject({ key: 'a', caller: 'anonymous' });
});
