import type { CardSession, VirtualReader } from '../connectors/card/card.ts';

/** What a hand does at the readers of the virtual stations, and what the stations do with the cards. */
export interface VirtualHand {
  /**
   * Runs `work` with a card at a station, one card after another. Like a colleague at the desk the hand puts the card in if it is not,
   * unless an officer pulled it: then it stays out (`card_absent`) until an officer inserts it.
   */
  withCard<T>(input: { stationId: string; serial: string }, work: (card: CardSession) => Promise<T>): Promise<T>;
  /** An officer's hand; does not wait for a card that is being worked on. */
  insert(input: { stationId: string; serial: string }): Promise<void>;
  pull(input: { stationId: string }): Promise<void>;
  present(input: { stationId: string }): Promise<string | undefined>;
  /** Another process serves the station from now on: the card goes out of this one's hands. */
  leave(input: { stationId: string }): Promise<void>;
}

/** `openReader` is called once a station. What officers pulled is remembered while the process lives. */
export function virtualHand(openReader: (stationId: string) => Promise<VirtualReader>): VirtualHand {
  const readers = new Map<string, Promise<VirtualReader>>();
  const turns = new Map<string, Promise<unknown>>();
  const pulled = new Set<string>();

  const readerAt = (stationId: string): Promise<VirtualReader> => {
    const reader = readers.get(stationId) ?? openReader(stationId);
    readers.set(stationId, reader);
    return reader;
  };
  const inTurn = <T>(stationId: string, work: () => Promise<T>): Promise<T> => {
    const mine = (turns.get(stationId) ?? Promise.resolve()).then(work);
    turns.set(
      stationId,
      mine.catch(() => undefined),
    );
    return mine;
  };
  /** A card is in one reader at most: it is taken out of the other first. */
  const move = async (reader: VirtualReader, serial: string): Promise<void> => {
    if ((await reader.present()) === serial) return;
    for (const other of await Promise.all(readers.values())) if ((await other.present()) === serial) await other.pull();
    await reader.insert(serial);
  };

  return {
    withCard: ({ stationId, serial }, work) =>
      inTurn(stationId, async () => {
        const reader = await readerAt(stationId);
        if (!pulled.has(serial)) await move(reader, serial);
        return reader.withCard(serial, work);
      }),
    async insert({ stationId, serial }) {
      const reader = await readerAt(stationId);
      const before = await reader.present();
      if (before !== undefined && before !== serial) pulled.add(before);
      pulled.delete(serial);
      await move(reader, serial);
    },
    async pull({ stationId }) {
      const reader = await readerAt(stationId);
      const serial = await reader.present();
      if (serial !== undefined) pulled.add(serial);
      await reader.pull();
    },
    async leave({ stationId }) {
      await (await readers.get(stationId))?.pull();
    },
    present: async ({ stationId }) => (await readerAt(stationId)).present(),
  };
}
