import { ToldWait } from './told-wait';

let told: string[];
let wait: ToldWait;
beforeEach(() => {
  told = [];
  wait = new ToldWait((text) => told.push(text));
});

it('is told with its reason once, and again when it is for another one', () => {
  wait.isFor(new Error('It does not answer.'));
  wait.isFor(new Error('It does not answer.'));
  wait.isFor(new Error('It is busy.', { cause: new Error('lock timeout') }));
  wait.isFor(new Error('It is busy.', { cause: new Error('lock timeout') }));
  wait.isFor(new Error('It does not answer.'));
  expect(told).toEqual([
    'Waiting: It does not answer.',
    'Waiting: It is busy. (lock timeout)',
    'Waiting: It does not answer.',
  ]);
});

it('is told once where only numbers of the reason change', () => {
  for (const port of [5432, 61_007, 9])
    wait.isFor(new Error('It does not answer.', { cause: new Error(`connect ECONNREFUSED 127.0.0.1:${port}`) }));
  expect(told).toEqual(['Waiting: It does not answer. (connect ECONNREFUSED 127.0.0.1:5432)']);
});

it('is over once, and only where it was', () => {
  wait.isOver();
  wait.isFor(new Error('It is busy.'));
  wait.isOver();
  wait.isOver();
  wait.isFor(new Error('It is busy.'));
  expect(told).toEqual(['Waiting: It is busy.', 'It goes on.', 'Waiting: It is busy.']);
});
