import type { FastifyBaseLogger } from 'fastify';

type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];

/**
 * The logger of one request, with its id on every line. It makes its child of the server's logger at the
 * first line: most requests log nothing, and the child costs a fifth of the time that a small request takes.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: object;
  readonly #options: ChildOptions;
  #child: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: object, options: ChildOptions) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  #bound(name: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent') {
    return this.#own()[name].bind(this.#own());
  }
  #own(): FastifyBaseLogger {
    this.#child ??= this.#parent.child(this.#bindings, this.#options);
    return this.#child;
  }

  get level() {
    return this.#own().level;
  }
  set level(level) {
    this.#own().level = level;
  }
  get fatal() {
    return this.#bound('fatal');
  }
  get error() {
    return this.#bound('error');
  }
  get warn() {
    return this.#bound('warn');
  }
  get info() {
    return this.#bound('info');
  }
  get debug() {
    return this.#bound('debug');
  }
  get trace() {
    return this.#bound('trace');
  }
  get silent() {
    return this.#bound('silent');
  }
  child(...from: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#own().child(...from);
  }
}
