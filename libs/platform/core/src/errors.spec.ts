import { messageOf } from './errors';

describe('messageOf', () => {
  it('gives the messages of the causes, too', () => {
    expect(messageOf(new Error('no answer', { cause: new Error('refused') }))).toBe('no answer (refused)');
  });

  it('says what every one of several errors without a message of their own says', () => {
    const both = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);
    expect(messageOf(new Error('no answer', { cause: both }))).toBe('no answer (refused by ::1; refused by 127.0.0.1)');
  });

  it('takes whatever was thrown', () => {
    expect(messageOf('a word')).toBe('a word');
  });
});
