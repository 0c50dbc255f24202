import { NotFoundException } from '@nestjs/common';
import { DomainError, type ErrorKind } from '@sluice/core';
import { PostgresUnavailableError } from '@sluice/postgres';
import { ParameterInvalidError } from '@sluice/trading-feature';
import { failedAnswer } from './problem';

class SampleError extends DomainError {
  readonly code = 'SAMPLE_FAILED';
  constructor(readonly kind: ErrorKind) {
    super('The sample failed.', { remedy: 'Look at the secret place.' });
  }
}
const own = { path: '/things', requestId: 'r1' };
const legacy = { path: '/v1/things', requestId: 'r1' };

describe('failedAnswer', () => {
  it.each<[ErrorKind, number]>([
    ['usage', 400],
    ['invalid', 422],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['unavailable', 503],
  ])('maps the kind %s to %d', (kind, status) => {
    expect(failedAnswer(new SampleError(kind), own).status).toBe(status);
    expect(failedAnswer(new SampleError(kind), legacy)).toMatchObject({
      status,
      body: { detail: 'The sample failed.' },
    });
  });

  it('writes problem details below /v1 too, where the legacy service had nothing', () => {
    for (const path of ['/v1/admin/caches', '/v1/admin/caches/hist/keys'])
      expect(failedAnswer(new SampleError('forbidden'), { ...own, path }).body).toMatchObject({
        code: 'SAMPLE_FAILED',
      });
    expect(failedAnswer(new SampleError('forbidden'), { ...own, path: '/v1/administration' }).body).toEqual({
      detail: 'The sample failed.',
    });
  });

  it('goes by the route, however the path is spelled', () => {
    const error = new SampleError('conflict');
    const detail = { detail: 'The sample failed.' };
    const asked = { path: '/v%31/top-picks', requestId: 'r1' };
    expect(failedAnswer(error, { ...asked, route: '/v1/top-picks' }).body).toEqual(detail);
    const own = { path: '/v1/%72uns/x', route: '/v1/runs/:run_id', requestId: 'r1' };
    expect(failedAnswer(error, own).body).toMatchObject({ code: 'SAMPLE_FAILED', instance: '/v1/%72uns/x' });
  });

  it('writes problem details with the code and the request id, and keeps the remedy for the operator', () => {
    const { body, contentType, isUnexpected } = failedAnswer(new SampleError('conflict'), own);
    expect([contentType, isUnexpected]).toEqual(['application/problem+json', false]);
    expect(body).toEqual({
      ...{ type: 'urn:sluice:error:SAMPLE_FAILED', title: 'Conflict', status: 409, detail: 'The sample failed.' },
      ...{ instance: '/things', code: 'SAMPLE_FAILED', requestId: 'r1' },
    });
  });

  it('shows nothing of an error that nobody expected', () => {
    const error = new Error('password hunter2 in SELECT * FROM users');
    for (const request of [own, legacy]) {
      const answer = failedAnswer(error, request);
      expect(answer).toMatchObject({ status: 500, code: 'INTERNAL', isUnexpected: true });
      expect(JSON.stringify(answer)).not.toMatch(/hunter2|SELECT/);
    }
    expect(failedAnswer(error, legacy).body).toEqual({ detail: 'Internal Server Error' });
  });

  it('asks to come back later when PostgreSQL is away', () => {
    const error = new PostgresUnavailableError(new Error('connect ECONNREFUSED 10.0.0.7:5432'));
    expect(failedAnswer(error, legacy)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(JSON.stringify(failedAnswer(error, own).body)).not.toContain('10.0.0.7');
  });

  it("keeps the legacy service's list of wrong parameters", () => {
    const problems = [{ loc: ['query', 'limit'], msg: 'Too small', type: 'greater_than_equal' }] as const;
    expect(failedAnswer(new ParameterInvalidError(problems), legacy)).toMatchObject({
      ...{ status: 422, contentType: 'application/json', body: { detail: problems } },
    });
  });

  it('takes over what Nest and Fastify say about a request', () => {
    expect(failedAnswer(new NotFoundException('Cannot GET /things'), own)).toMatchObject({
      ...{ status: 404, code: 'HTTP_NOT_FOUND', isUnexpected: false },
    });
    const tooLarge = Object.assign(new Error('Body is too large'), { statusCode: 413 });
    expect(failedAnswer(tooLarge, own)).toMatchObject({ status: 413, code: 'HTTP_PAYLOAD_TOO_LARGE' });
    const ours = Object.assign(new Error('oops'), { statusCode: 500 });
    expect(failedAnswer(ours, own)).toMatchObject({ status: 500, code: 'INTERNAL' });
  });
});
