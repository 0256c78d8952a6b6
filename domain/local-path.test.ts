import { expect, test } from 'vitest';

import { localPath } from './local-path.ts';

test.each(['/', '/requests?search=a%20b#x', '/my/cards'])('%s is of this site', (path) => {
  expect(localPath(path)).toBe(path);
});

test.each([undefined, null, '', 'x', '//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', '/a\\b', '/\n'])(
  '%j is not',
  (path) => {
    expect(localPath(path)).toBe('/');
  },
);
