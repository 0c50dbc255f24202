import { policyCandidateOf } from './policy-candidate';

it.each([
  ['1.0', '1.1'],
  ['1.9', '2.0'],
  ['2', '2.1'],
  ['0.95', '1.05'],
  [null, '1.1'],
  ['beta', '1.1'],
])('follows %p with %p', (latest, version) => expect(policyCandidateOf([], latest).version).toBe(version));
