import type { ProofWay } from '#domain/authentication.ts';

/** Asks whoever is signed in to prove again who they are, when the API wants it for what they do. One question at a time; calls that come meanwhile wait for it. */
class StepUp {
  /** How it can be proven; undefined while nothing is asked. */
  ways = $state.raw<ProofWay[]>();
  #asking: Promise<boolean> | undefined;
  #answer: (proven: boolean) => void = () => undefined;

  /** True once it was proven, false when the person gave up. */
  ask(ways: ProofWay[]): Promise<boolean> {
    this.ways = ways;
    this.#asking ??= new Promise<boolean>((resolve) => (this.#answer = resolve));
    return this.#asking;
  }

  answer(proven: boolean) {
    this.ways = undefined;
    this.#asking = undefined;
    this.#answer(proven);
  }
}

export const stepUp = new StepUp();
