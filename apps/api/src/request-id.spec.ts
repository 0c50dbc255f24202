import { requestId } from './request-id';

describe('requestId', () => {
  it.each(['a', 'trace:1.2_3-4', 'x'.repeat(128)])('keeps %p', (id) => expect(requestId(id)).toBe(id));

  it.each([undefined, '', 'a b', 'a\nb', 'é', '<script>', 'x'.repeat(129)])('replaces %p', (id) => {
    expect(requestId(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});
