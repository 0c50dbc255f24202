import { readReplies, ReplyCollector, type Reply } from './reply';
import { commandsOf, respCommand, setBatch } from './resp';

const text = '+OK\r\n-OOM no memory\r\n:1\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n+OK\r\n-WRONGTYPE x\r\n*-1\r\n';
const replies: Reply[] = [
  { kind: 'value' },
  { kind: 'error', text: 'OOM no memory' },
  { kind: 'value' },
  { kind: 'value' },
  { kind: 'nil' },
  { kind: 'array', items: [{ kind: 'value' }, { kind: 'error', text: 'WRONGTYPE x' }] },
  { kind: 'nil' },
];

it('reads every kind of reply, and none before it is complete', () => {
  const bytes = Buffer.from(text);
  expect(readReplies(bytes, replies.length)).toEqual(replies);
  for (let end = 0; end < bytes.length; end += 1)
    expect(readReplies(bytes.subarray(0, end), replies.length)).toBeNull();
});

it('refuses what is no reply, and more replies than commands', () => {
  expect(() => readReplies(Buffer.from('HTTP/1.1 400\r\n'), 1)).toThrow('no reply');
  expect(() => readReplies(Buffer.from('+OK\r\n+OK\r\n'), 1)).toThrow('more replies');
});

it('takes the bytes of success however they are cut', () => {
  const expected = Buffer.from('+OK\r\n+QUEUED\r\n');
  for (let cut = 1; cut < expected.length; cut += 1) {
    const collector = new ReplyCollector(expected, 2);
    expect(collector.take(expected.subarray(0, cut))).toBeNull();
    expect(collector.take(expected.subarray(cut))).toBe('success');
  }
});

it('reads the replies from the start when they differ anywhere, however they are cut', () => {
  const expected = Buffer.from('+OK\r\n+OK\r\n+OK\r\n');
  const other = Buffer.from('+OK\r\n-OOM\r\n+OK\r\n');
  for (let cut = 1; cut < other.length; cut += 1) {
    const collector = new ReplyCollector(expected, 3);
    expect(collector.take(other.subarray(0, cut))).toBeNull();
    expect(collector.take(other.subarray(cut))).toEqual([
      { kind: 'value' },
      { kind: 'error', text: 'OOM' },
      { kind: 'value' },
    ]);
  }
});

it('writes commands by the bytes of their arguments, and reads them back', () => {
  const batch = setBatch('id', [
    { key: 'clé', value: '🎲\r\n$5', ttlMs: 1_000 },
    { key: 'b', value: '', ttlMs: 1 },
  ]);
  expect(batch.commands).toBe(2);
  expect(commandsOf(batch).map((args) => args.map(String))).toEqual([
    ['SET', 'clé', '🎲\r\n$5', 'PX', '1000'],
    ['SET', 'b', '', 'PX', '1'],
  ]);
  expect(String(batch.resp)).toBe(
    respCommand('SET', 'clé', '🎲\r\n$5', 'PX', '1000') + respCommand('SET', 'b', '', 'PX', '1'),
  );
});

it.each([
  ['another number of commands', { commands: 2, resp: respCommand('SET', 'a', 'b') }],
  ['cut', { commands: 1, resp: respCommand('SET', 'a', 'b').slice(0, -3) }],
  ['not RESP', { commands: 1, resp: 'SET a b\r\n' }],
])('refuses a batch that is %s without showing it', (_what, batch) => {
  expect(() => commandsOf({ id: 1, ...batch })).toThrow(/^A batch (of commands is not RESP|holds other commands)/);
});
