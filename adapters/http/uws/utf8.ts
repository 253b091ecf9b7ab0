/**
 * A text as the addon has to be given it. Its build for Node 24 writes a string as Latin-1 if each of its characters
 * fits into one byte, where all builds write the bytes of a buffer as they are (see the decision record on
 * uWebSockets.js).
 *
 * @returns the text itself where both encodings are the same, so that no copy is made of what is ASCII
 */
export function utf8(text: string): string | Uint8Array {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text);
}
