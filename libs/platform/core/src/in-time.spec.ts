import { inTime } from './in-time';

const never = new Promise<never>(() => undefined);

it('gives what the work comes to, also its error', async () => {
  expect(await inTime(60_000, Promise.resolve(7), () => new Error('late'))).toBe(7);
  await expect(inTime(60_000, Promise.reject(new Error('own')), () => new Error('late'))).rejects.toThrow('own');
});

it('throws where it takes too long', async () => {
  await expect(inTime(1, never, () => new Error('late'))).rejects.toThrow('late');
});
