import type { DeviceReader } from '../db/stores/device-for-work.ts';
import type { RequestStore } from '../db/stores/requests.ts';
import { failure } from '../domain/errors.ts';
import type { Secrets } from './secrets.ts';
import type { VirtualHand } from './virtual-hand.ts';

interface Deps {
  hand: VirtualHand;
  secrets: Secrets;
  requests: RequestStore;
  devices: DeviceReader;
}

type Change = { kind: 'insert'; serial: string } | { kind: 'pull' } | { kind: 'status' };

export const stationCardActivities = ({ hand, secrets, requests, devices }: Deps) => ({
  /** Puts a card in, pulls it, or looks; answers the serial of the card that is in afterwards. */
  async handleCard({ stationId, change }: { stationId: string; change: Change }): Promise<{ serial: string | null }> {
    if (change.kind === 'insert') await hand.insert({ stationId, serial: change.serial });
    if (change.kind === 'pull') await hand.pull({ stationId });
    return { serial: (await hand.present({ stationId })) ?? null };
  },

  /**
   * Sets the PIN that the holder chose. With the PUK, so it can be done again after a crash and costs none of the holder's attempts; the
   * keys stay.
   */
  async setChosenPin({ requestId, stationId, chosenPinId }: { requestId: string; stationId: string; chosenPinId: string }): Promise<void> {
    const { deviceId } = await requests.load(requestId);
    const device = await devices.get(deviceId ?? '');
    if (device.state !== 'delivered')
      throw failure('wrong_state', `The card is ${device.state} and cannot be activated. Ask the help desk.`);
    const puk = await secrets.open({ deviceId: device.id, kind: 'puk' });
    const pin = await secrets.open({ deviceId: device.id, kind: 'chosen_pin' });
    if (pin.id !== chosenPinId) throw failure('wrong_state', 'Another PIN was chosen in the meantime. Activate the card again.');
    await hand.withCard({ stationId, serial: device.serial }, (card) => card.unblockPin(puk.plain, pin.plain));
  },
});
