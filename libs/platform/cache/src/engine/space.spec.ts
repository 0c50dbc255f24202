import { Space } from './space';

let space: Space;
const E1 = 'e1';
const E2 = 'e2';

/** A look that is asked and answered at once. */
const look = (epoch: string, seq: number) => space.settle({ epoch, seq }, space.known());

beforeEach(() => (space = new Space('quotes', 'text', () => true)));

describe('a look', () => {
  it('tells older data by a number below the one heard', () => {
    space.hear({ epoch: E1, seq: 10 });
    expect([look(E1, 10), look(E1, 11), look(E1, 9)]).toEqual([true, true, false]);
  });

  it('tells older data by an epoch that had ended', () => {
    expect([look(E1, 3), look(E2, 1), look(E2, 1), look(E1, 3)]).toEqual([true, true, true, false]);
  });

  it('takes for older data neither what was heard while it asked nor what another look learned meanwhile', () => {
    look(E1, 3);
    const known = space.known();
    space.hear({ epoch: E1, seq: 5 });
    look(E2, 1);
    expect(space.settle({ epoch: E1, seq: 4 }, known)).toBe(true);
    expect(look(E2, 1)).toBe(true);
  });
});

it('is not put back by a late message of an epoch that had ended', () => {
  look(E1, 3);
  look(E2, 1);
  space.hear({ epoch: E2, seq: 1 });
  expect(space.hear({ epoch: E1, seq: 4 })).toBe(false);
  expect(space.state).toEqual({ epoch: E2, seq: 1 });
});
