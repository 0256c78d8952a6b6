export type Changed = { version?: number; state?: string; type?: string; id?: string };

/**
 * Listens to server-sent events until the returned function is called. The browser reconnects by itself after a cut; after a
 * refusal (a restart behind a proxy, say) we try again every 5 seconds. What changed before the connection stood was not told, so
 * `changed` is also called then, with nothing: at the first connection too, as the page was read before it.
 */
export function listen(path: string, changed: (event?: Changed) => void): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source = new EventSource(`/api${path}`);
    source.addEventListener('open', () => changed());
    source.addEventListener('changed', (e: MessageEvent<string>) => changed(parse(e.data)));
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, 5000);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

const parse = (data: string): Changed => {
  try {
    return JSON.parse(data) as Changed;
  } catch {
    return {};
  }
};
