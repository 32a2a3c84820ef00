import type { FactDefinition } from './define-fact.ts';

/** Whether payloads of this version can be read: the definition's own, or one with upcasts all the way to it. */
export function readsVersion(definition: FactDefinition, version: number): boolean {
  return version === definition.version || upcastsFrom(definition, version) !== undefined;
}

/** A payload of a version that can be read, in the form of the definition's own version; not yet validated. */
export function upcastFact(definition: FactDefinition, version: number, payload: unknown): unknown {
  return (upcastsFrom(definition, version) ?? []).reduce((older, upcast) => upcast(older), payload);
}

function upcastsFrom({ version: newest, upcasts = {} }: FactDefinition, version: number) {
  if (!Number.isInteger(version) || version < 1 || version >= newest) return undefined;
  const steps = Array.from({ length: newest - version }, (_, step) => upcasts[version + step]);
  return steps.every((step) => step !== undefined) ? steps : undefined;
}
