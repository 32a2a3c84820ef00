/** The rooms of the house and which of them each may import from. `*` is any room. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  proto: [],
  domain: ['proto'],
  sync: ['proto', 'domain'],
  edge: ['proto', 'domain', 'sync'],
  hub: ['proto', 'domain', 'sync'],
  'firmware-bridge': ['proto'],
  e2e: ['*'],
  bench: ['*'],
  scripts: ['*'],
  ops: ['*'],
};

/** Rooms whose shipped code runs anywhere: no Node module, no clock, no randomness. */
const PURE = ['domain', 'sync'];
const IMPURE_GLOBALS =
  /\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|crypto\.(randomUUID|getRandomValues)\(|setTimeout\(|setInterval\(|process\.)/;

export interface SourceFile {
  /** Path from the root, with `/`. */
  path: string;
  text: string;
}

/** One sentence for each import, barrel or global that breaks DESIGN §1; none when the house is in order. */
export function findImportViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [...importViolations(file), ...purityViolations(file)]);
}

function importViolations(file: SourceFile): string[] {
  const room = roomOf(file.path);
  const allowed = MAY_IMPORT[room];
  if (!allowed) return [`${file.path}: "${room}" is not a room of the house`];
  const isTest = /\.test\.tsx?$/.test(file.path) || file.path.includes('.contract.');
  return importsOf(file.text).flatMap((specifier) => {
    const target = targetOf(file.path, specifier);
    if (target.kind === 'node') {
      return PURE.includes(room) && !isTest
        ? [`${file.path}: ${room} imports the Node module ${specifier}`]
        : [];
    }
    if (target.kind === 'package') return [];
    if (target.room !== room && !allowed.includes('*') && !allowed.includes(target.room)) {
      return [`${file.path}: ${room} may not import from ${target.room} (${specifier})`];
    }
    return [
      ...serviceViolation(file.path, target.path, specifier),
      ...kernelViolation(file.path, target.path, specifier),
    ];
  });
}

/** A hub service sees another only as a generated client or through its event schemas. */
function serviceViolation(path: string, target: string, specifier: string): string[] {
  const from = serviceOf(path);
  const to = serviceOf(target);
  if (!from || !to || from === to) return [];
  return [`${path}: the service ${from} may not import from the service ${to} (${specifier})`];
}

/** What the services stand on knows none of them, and not what carries facts and shapes. */
function kernelViolation(path: string, target: string, specifier: string): string[] {
  if (!path.startsWith('hub/src/kernel/')) return [];
  const part = /^hub\/src\/(services|intake|feed)\//.exec(target)?.[1];
  return part ? [`${path}: the kernel may not import from ${part} (${specifier})`] : [];
}

function purityViolations(file: SourceFile): string[] {
  if (!PURE.includes(roomOf(file.path)) || file.path.endsWith('.test.ts')) return [];
  const found = IMPURE_GLOBALS.exec(file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''));
  return found ? [`${file.path}: takes time, chance or the process from a global (${found[0]})`] : [];
}

function importsOf(text: string): string[] {
  const specifiers = text.matchAll(
    /(?:^|[\n;])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...specifiers].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

type Target = { kind: 'node' } | { kind: 'package' } | { kind: 'own'; room: string; path: string };

function targetOf(path: string, specifier: string): Target {
  if (specifier.startsWith('node:')) return { kind: 'node' };
  const own = /^@butik\/([^/]+)\/?(.*)$/.exec(specifier);
  if (own) return { kind: 'own', room: own[1] as string, path: `${own[1]}/src/${own[2]}` };
  if (!specifier.startsWith('.')) return { kind: 'package' };
  const resolved = new URL(specifier, `file:///${path}`).pathname.slice(1);
  return { kind: 'own', room: roomOf(resolved), path: resolved };
}

function roomOf(path: string): string {
  return path.split('/')[0] as string;
}

function serviceOf(path: string): string | undefined {
  return /^hub\/src\/services\/([^/]+)\//.exec(path)?.[1];
}
