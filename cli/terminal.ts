// C0 and C1 controls drive a terminal; bidirectional and zero-width characters make a line read other than it is (CVE-2021-42574).
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text that somebody typed, made safe for a terminal: what would steer it is shown as `\u001b`. */
export const plain = (text: string): string => text.replace(unsafe, escaped);

/** JSON for stdout; JSON.stringify leaves DEL, C1 and bidirectional characters, which are escaped here too (only strings hold them). */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escaped);

/** Columns of equal width, two spaces between. Cells are made safe. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(plain));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? '')].length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Seconds as people read them: `8.4 s`, `2:05 min`. */
export const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')} min`;
