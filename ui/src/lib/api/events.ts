export type Changed = { version?: number; state?: string; type?: string; id?: string };

/**
 * Listens to server-sent events until the returned function is called. The browser reconnects by itself after a cut; after a
 * refusal (a restart behind a proxy, say) we try again every 5 seconds. Whoever reconnects may have missed something, so
 * `changed` is also called then, with nothing.
 */
export function listen(path: string, changed: (event?: Changed) => void): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cut = false;

  const connect = () => {
    source = new EventSource(`/api${path}`);
    source.addEventListener('open', () => {
      if (cut) changed();
      cut = false;
    });
    source.addEventListener('changed', (e: MessageEvent<string>) => changed(parse(e.data)));
    source.addEventListener('error', () => {
      cut = true;
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
