import { chown } from 'node:fs/promises';

/** Debian's `nobody` and `nogroup`. */
const NOBODY = 65_534;

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** For `spawn`: if this is root, programs that refuse to run as root run as `nobody`; otherwise as this user. */
export function ordinaryUser(): User {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Gives a folder that was just made to the user that `ordinaryUser` names. */
export async function giveToOrdinaryUser(folder: string): Promise<void> {
  const { uid, gid } = ordinaryUser();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
}
