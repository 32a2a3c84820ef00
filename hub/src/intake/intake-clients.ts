import type { ServiceClients } from '../kernel/service.ts';

/** The services that the intake calls: who a box is, and who takes its facts. */
export const INTAKE_CALLS = ['shop', 'order', 'inventory'] as const satisfies (keyof ServiceClients)[];
export type IntakeClients = Pick<ServiceClients, (typeof INTAKE_CALLS)[number]>;
