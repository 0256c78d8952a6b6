import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a benchmark's own, which says that it is ready and then answers one order after the other. */
export interface Child<Order, Answer> {
  pid: number;
  ask(order: Order): Promise<Answer>;
  /** Lets it end by itself: it hears `disconnect`. */
  close(): Promise<void>;
}

export async function openChild<Order, Answer>(script: string, env: NodeJS.ProcessEnv): Promise<Child<Order, Answer>> {
  const child = fork(script, { env });
  const ended = once(child, 'exit');
  const heard = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, 'message'), ended.then(() => [])])) as unknown[];
    if (message === undefined) throw new Error(`${script} ended`);
    return message;
  };
  await heard();
  return {
    pid: child.pid ?? 0,
    async ask(order) {
      child.send(order as object);
      return (await heard()) as Answer;
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** The other side: answers orders until the parent disconnects. What fails ends the process. */
export async function serve<Order>(answer: (order: Order) => Promise<object>): Promise<void> {
  process.on('message', (order: Order) => {
    void answer(order).then(
      (given) => process.send?.(given),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  const parentGone = once(process, 'disconnect');
  process.send?.('ready');
  await parentGone;
}
