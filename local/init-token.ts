// Initialises the token of the environment (HSM_TOKEN, HSM_PIN, HSM_SO_PIN) unless it is there. A process of its own: SoftHSM reads its
// configuration from the environment that the process was started with.
import pkcs11js from 'pkcs11js';

const { PKCS11_MODULE: module = '', HSM_TOKEN: label = '', HSM_PIN: pin = '', HSM_SO_PIN: soPin = '' } = process.env;
const CKF_USER_PIN_INITIALIZED = 0x8;

const p11 = new pkcs11js.PKCS11();
p11.load(module);
p11.C_Initialize();
try {
  if (!findReady()) initialise();
} finally {
  p11.C_Finalize();
}

/** A token that a crash left without its user PIN does not count: it is initialised again. */
function findReady(): Buffer | undefined {
  return slotsOf(label).find((slot) => p11.C_GetTokenInfo(slot).flags & CKF_USER_PIN_INITIALIZED);
}

function slotsOf(wanted: string): Buffer[] {
  return p11.C_GetSlotList(true).filter((slot) => p11.C_GetTokenInfo(slot).label.replace(/[\0 ]+$/, '') === wanted);
}

function initialise(): void {
  const slot = slotsOf(label)[0] ?? p11.C_GetSlotList(true).at(-1); // SoftHSM always shows one blank token, last
  if (!slot) throw new Error('SoftHSM shows no slot');
  p11.C_InitToken(slot, soPin, label);
  // C_InitToken moves the token to a slot of its own, which appears only now.
  const session = p11.C_OpenSession(slotsOf(label)[0] ?? slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
  p11.C_Login(session, pkcs11js.CKU_SO, soPin);
  p11.C_InitPIN(session, pin);
  p11.C_Logout(session);
  p11.C_CloseSession(session);
}
