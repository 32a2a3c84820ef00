import { open } from 'node:fs/promises';

/** A name that was made, changed or removed survives a power cut only once its folder is on the disk. */
export async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
