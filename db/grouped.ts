/** More in one statement would make the first of them wait for the last. */
const LARGEST = 100;

interface Waiting<In, Out> {
  input: In;
  resolve: (output: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs `work` for one caller at once, and then for all who came while it ran: under load many callers share one statement and one commit.
 * `work` answers in the order of its inputs. When it fails for several, each is tried alone, so that none fails for another's fault.
 */
export function grouped<In, Out>(work: (inputs: In[]) => Promise<Out[]>): (input: In) => Promise<Out> {
  const waiting: Waiting<In, Out>[] = [];
  let busy = false;

  async function serve(group: Waiting<In, Out>[]): Promise<void> {
    try {
      const outputs = await work(group.map((caller) => caller.input));
      group.forEach((caller, i) => caller.resolve(outputs[i] as Out));
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const caller of group) await serve([caller]);
    }
  }

  async function serveAll(): Promise<void> {
    busy = true;
    while (waiting.length > 0) await serve(waiting.splice(0, LARGEST));
    busy = false;
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!busy) void serveAll();
    });
}
