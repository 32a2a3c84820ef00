import { watch } from 'node:fs';

/** Calls back at each write to one file of a folder, in the turn in which it is heard of. Returns how to end it. */
export function watchFile(folder: string, file: string, onWrite: () => void): () => void {
  const watcher = watch(folder, (_event, name) => {
    if (name === file) onWrite();
  });
  // A folder that goes away meanwhile ends the watching, nothing more.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
