import { ReplyReader } from './reply-reader';

function readerOf() {
  const told: unknown[] = [];
  const reader = new ReplyReader({
    integer: (value) => told.push(value),
    bulk: (bytes, start, end) => told.push(bytes.toString('utf8', start, end)),
    nil: () => told.push(null),
    error: (text) => told.push(new Error(text)),
    done: () => told.push('done'),
  });
  return { told, reader };
}

const bytes = Buffer.from(
  ':-1\r\n$3\r\na\r\n\r\n$-1\r\n:86400000\r\n-WRONGTYPE x\r\n*2\r\n$0\r\n\r\n$6\r\né€x\r\n+OK\r\n',
);
const replies = [-1, 'a\r\n', null, 86_400_000, new Error('WRONGTYPE x'), '', 'é€x', 'done'];

it('tells every reply once, however the bytes are cut in two', () => {
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const { told, reader } = readerOf();
    reader.take(bytes.subarray(0, cut));
    reader.take(bytes.subarray(cut));
    expect(told).toEqual(replies);
  }
});

it('tells every reply once when each byte comes alone', () => {
  const { told, reader } = readerOf();
  for (const byte of bytes) reader.take(Buffer.from([byte]));
  expect(told).toEqual(replies);
});

it('joins the pieces of a large value once', () => {
  const { told, reader } = readerOf();
  const concat = jest.spyOn(Buffer, 'concat');
  reader.take(Buffer.from('$100000\r\n'));
  for (let i = 0; i < 100; i += 1) reader.take(Buffer.alloc(1_000, 'v'));
  expect(concat).not.toHaveBeenCalled();
  reader.take(Buffer.from('\r\n:7\r\n'));
  expect(concat).toHaveBeenCalledTimes(1);
  expect(told).toEqual(['v'.repeat(100_000), 7]);
  concat.mockRestore();
});

it.each(['HTTP/1.1 400\r\n', ':1x\r\n', '$a\r\n'])('refuses %j, which is no reply', (text) => {
  expect(() => readerOf().reader.take(Buffer.from(text))).toThrow('no reply');
});

it('takes no word for a reply where none can come', () => {
  const nothing = () => undefined;
  const reader = new ReplyReader({ integer: nothing, bulk: nothing, nil: nothing, error: nothing });
  expect(() => reader.take(Buffer.from('+OK\r\n'))).toThrow('no reply');
});
