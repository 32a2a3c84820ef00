import { asButikError } from '@butik/proto/errors/butik-error';

const ATTEMPTS = 5;

/** Repeats a change that reads the product itself when somebody else was faster; then PRODUCT_CHANGED. */
export async function onChanged<T>(change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await change();
    } catch (error) {
      if (attempt === ATTEMPTS || asButikError(error).code !== 'PRODUCT_CHANGED') throw error;
    }
  }
}
