import { targetUrl } from './backup';

describe('--into', () => {
  it('is an address, or not given', () => {
    expect(targetUrl({ options: {} })).toBeUndefined();
    expect(targetUrl({ options: { into: 'postgresql://a@b/c' } })).toBe('postgresql://a@b/c');
  });

  it.each(['postgresql://anna:secret@host:99999/new', 'host=a password=secret'])(
    'is refused where it is none, without telling it: %s',
    (into) => {
      const ask = (): unknown => targetUrl({ options: { into } });
      expect(ask).toThrow(expect.objectContaining({ kind: 'usage', message: expect.not.stringContaining('secret') }));
    },
  );
});
