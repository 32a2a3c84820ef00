/** One remote system, as those who call it see it: an engine, a bank, a service in another process. */
export interface Guard {
  /**
   * Runs a call with the guard's deadline, retries, circuit breaker and bulkhead. `idempotent: false` is tried once.
   * Only SERVICE_UNAVAILABLE and DEADLINE_EXCEEDED (and errors that are no ButikError) are tried again or count
   * against the circuit. Throws SERVICE_UNAVAILABLE with `details.part` while the circuit is open or the bulkhead
   * and its queue are full; DEADLINE_EXCEEDED when `timeoutMs`, which covers all attempts, has passed; CANCELLED when
   * `signal` is aborted; what the call threw otherwise. The signal that the call gets is aborted once nobody waits
   * for it; its place in the bulkhead is free then, whether it obeys or not.
   */
  run<T>(
    call: (signal: AbortSignal) => Promise<T>,
    options?: { idempotent?: boolean; timeoutMs?: number; signal?: AbortSignal },
  ): Promise<T>;
}
