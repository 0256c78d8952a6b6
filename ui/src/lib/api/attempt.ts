import { asProblem } from './problem.ts';

/**
 * The idempotency key of one form. The same content sent again before an answer came (a double click, a cut network) has the same key
 * and one effect; changed content, or the next try after any answer, has a new key.
 */
export class Attempt {
  #key = crypto.randomUUID();
  #content: string | undefined;

  /** Sends `content` under its key. */
  async run<T>(content: unknown, send: (key: string) => Promise<T>): Promise<T> {
    const text = JSON.stringify(content);
    if (this.#content !== undefined && this.#content !== text) this.#renew();
    this.#content = text;
    try {
      const answer = await send(this.#key);
      this.#renew();
      return answer;
    } catch (error) {
      if (asProblem(error).status !== 0) this.#renew();
      throw error;
    }
  }

  #renew() {
    this.#key = crypto.randomUUID();
    this.#content = undefined;
  }
}
