import { ParameterInvalidError } from '../legacy-parameters.pipe';
import { SessionUpsertPipe } from './session.request';

const read = (body: unknown): unknown => {
  try {
    return new SessionUpsertPipe().transform(body);
  } catch (error) {
    return error instanceof ParameterInvalidError ? error.problems : error;
  }
};

it('takes the two members and passes over all others', () => {
  expect(read({ session_id: 's', data: { a: null }, user: 1 })).toEqual({ session_id: 's', data: { a: null } });
});

it.each([
  ['no body', undefined, ['body'], 'missing'],
  ['a list', [], ['body'], 'dict_type'],
  ['no id', { data: {} }, ['body', 'session_id'], 'missing'],
  ['a number for an id', { session_id: 7, data: {} }, ['body', 'session_id'], 'string_type'],
  ['an empty id', { session_id: '', data: {} }, ['body', 'session_id'], 'string_too_short'],
  ['an overlong id', { session_id: 'x'.repeat(201), data: {} }, ['body', 'session_id'], 'string_too_long'],
  ['a NUL in the id', { session_id: 'a\0', data: {} }, ['body', 'session_id'], 'value_error'],
  ['no data', { session_id: 's' }, ['body', 'data'], 'missing'],
  ['null for data', { session_id: 's', data: null }, ['body', 'data'], 'dict_type'],
  ['a list for data', { session_id: 's', data: [1] }, ['body', 'data'], 'dict_type'],
  ['half a character inside', { session_id: 's', data: { a: ['\ud83d'] } }, ['body', 'data'], 'value_error'],
  ['an infinity inside', { session_id: 's', data: { a: Infinity } }, ['body', 'data'], 'value_error'],
  ['a rounded number inside', { session_id: 's', data: { a: 2 ** 53 } }, ['body', 'data'], 'value_error'],
  ['too many values', { session_id: 's', data: { a: Array(100_001).fill(1) } }, ['body'], 'value_error'],
])('refuses %s and says where', (_case, body, loc, type) => {
  expect(read(body)).toEqual([{ loc, msg: expect.any(String), type }]);
});
