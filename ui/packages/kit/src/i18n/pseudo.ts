// The pretend language: English made a third longer and accented, shown right to left. It finds words that are not
// translated, boxes that do not grow, and margins that are not logical.

const ACCENTED: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'đ', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ',
  n: 'ñ', o: 'ó', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'ú', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
}; // prettier-ignore

/** `text` accented, with every third vowel doubled so that it takes more room. */
export function pseudo(text: string): string {
  let vowels = 0;
  return [...text]
    .map((letter) => {
      const accented = ACCENTED[letter] ?? letter;
      if (!'aeiou'.includes(letter)) return accented;
      vowels += 1;
      return vowels % 2 === 0 ? accented + accented : accented;
    })
    .join('');
}
