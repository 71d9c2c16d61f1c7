// Fingerprints as people can compare them: 64 hex digits in sixteen groups of four.

const PREFIX = 'sha256:';

/** The sixteen groups of a fingerprint; what is not one comes back as a single group. */
export function fingerprintGroups(fingerprint: string): string[] {
  return digitsOf(fingerprint).match(/.{1,4}/g) ?? [fingerprint];
}

/** The first eight digits, enough to recognise one's own: "3fa9 01c2". */
export function fingerprintShort(fingerprint: string): string {
  return fingerprintGroups(fingerprint).slice(0, 2).join(' ');
}

/** The form that is copied and sent to others. */
export function fingerprintFull(fingerprint: string): string {
  return PREFIX + digitsOf(fingerprint);
}

function digitsOf(fingerprint: string): string {
  return fingerprint.replace(PREFIX, '').replaceAll(/[\s:]/g, '').toLowerCase();
}
