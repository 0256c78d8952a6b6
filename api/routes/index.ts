import { activateDevice } from './activate-device.ts';
import { addDocument } from './add-document.ts';
import { addPasskey } from './add-passkey.ts';
import { addPhoto } from './add-photo.ts';
import { amendRequest } from './amend-request.ts';
import { askPasswordReset } from './ask-password-reset.ts';
import { beginPasskeyFactor } from './begin-passkey-factor.ts';
import { beginPasskeyProof } from './begin-passkey-proof.ts';
import { beginPasskey } from './begin-passkey.ts';
import { cancelRequest } from './cancel-request.ts';
import { changeAssignment } from './change-assignment.ts';
import { changeFields } from './change-fields.ts';
import { changePassword } from './change-password.ts';
import { changeStationCard } from './change-station-card.ts';
import { checkLive } from './check-live.ts';
import { checkReady } from './check-ready.ts';
import { closeUnit } from './close-unit.ts';
import { comeBackSignedIn } from './come-back-signed-in.ts';
import { confirmTotp } from './confirm-totp.ts';
import { createApiKey } from './create-api-key.ts';
import { createHolder } from './create-holder.ts';
import { createOperator } from './create-operator.ts';
import { createRequest } from './create-request.ts';
import { createRole } from './create-role.ts';
import { createSeparationRule } from './create-separation-rule.ts';
import { createSignInSource } from './create-sign-in-source.ts';
import { createUnit } from './create-unit.ts';
import { deactivateOperator } from './deactivate-operator.ts';
import { decideRequest } from './decide-request.ts';
import { deliverDevice } from './deliver-device.ts';
import { downloadCertificate } from './download-certificate.ts';
import { endAssignment } from './end-assignment.ts';
import { endOwnSession } from './end-own-session.ts';
import { endSession } from './end-session.ts';
import { enrolTotp } from './enrol-totp.ts';
import { exportHolders } from './export-holders.ts';
import { grantAssignment } from './grant-assignment.ts';
import { importOperators } from './import-operators.ts';
import { inviteOperator } from './invite-operator.ts';
import { leaveToSignIn } from './leave-to-sign-in.ts';
import { liftHold } from './lift-hold.ts';
import { listApiKeys } from './list-api-keys.ts';
import { listAuditEvents } from './list-audit-events.ts';
import { listDeviceProfiles } from './list-device-profiles.ts';
import { listDevices } from './list-devices.ts';
import { listFieldHistory } from './list-field-history.ts';
import { listHolders } from './list-holders.ts';
import { listLogEntries } from './list-log-entries.ts';
import { listOperators } from './list-operators.ts';
import { listOwnDevices } from './list-own-devices.ts';
import { listOwnSessions } from './list-own-sessions.ts';
import { listRequests } from './list-requests.ts';
import { listRoles } from './list-roles.ts';
import { listSeparationRules } from './list-separation-rules.ts';
import { listSessions } from './list-sessions.ts';
import { listSignInSources } from './list-sign-in-sources.ts';
import { listStations } from './list-stations.ts';
import { listUnitLabels } from './list-unit-labels.ts';
import { listUnits } from './list-units.ts';
import { moveUnit } from './move-unit.ts';
import { openUnit } from './open-unit.ts';
import { placeHold } from './place-hold.ts';
import { placeOwnHold } from './place-own-hold.ts';
import { printPinMailer } from './print-pin-mailer.ts';
import { proveAgain } from './prove-again.ts';
import { reactivateOperator } from './reactivate-operator.ts';
import { readAccess } from './read-access.ts';
import { readAccount } from './read-account.ts';
import { readCertificate } from './read-certificate.ts';
import { readDevice } from './read-device.ts';
import { readDocument } from './read-document.ts';
import { readFields } from './read-fields.ts';
import { readHolder } from './read-holder.ts';
import { readHome } from './read-home.ts';
import { readLogging } from './read-logging.ts';
import { readMe } from './read-me.ts';
import { readMeta } from './read-meta.ts';
import { readOperator } from './read-operator.ts';
import { readPhoto } from './read-photo.ts';
import { readProviderMetadata } from './read-provider-metadata.ts';
import { readReconciliation } from './read-reconciliation.ts';
import { readRequest } from './read-request.ts';
import { readSignInSource } from './read-sign-in-source.ts';
import { readUnit } from './read-unit.ts';
import { removeOperator } from './remove-operator.ts';
import { removePasskey } from './remove-passkey.ts';
import { removeRole } from './remove-role.ts';
import { removeSeparationRule } from './remove-separation-rule.ts';
import { removeTotp } from './remove-totp.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { resetPassword } from './reset-password.ts';
import { resetSecondFactors } from './reset-second-factors.ts';
import { resumeProduction } from './resume-production.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { revokeDevice } from './revoke-device.ts';
import { rotateKeys } from './rotate-keys.ts';
import { scrapProduction } from './scrap-production.ts';
import { sendActivationCode } from './send-activation-code.ts';
import { setFirstPassword } from './set-first-password.ts';
import { setLogLevel } from './set-log-level.ts';
import { showSecondFactor } from './show-second-factor.ts';
import { signInWithCertificate } from './sign-in-with-certificate.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { startProduction } from './start-production.ts';
import { startReconciliation } from './start-reconciliation.ts';
import { submitRequest } from './submit-request.ts';
import { switchSeparationRule } from './switch-separation-rule.ts';
import { takePostedAnswer } from './take-posted-answer.ts';
import { trySignInSource } from './try-sign-in-source.ts';
import { updateHolder } from './update-holder.ts';
import { updateOperator } from './update-operator.ts';
import { updateRole } from './update-role.ts';
import { updateSignInSource } from './update-sign-in-source.ts';
import { updateUnit } from './update-unit.ts';
import { verifyAudit } from './verify-audit.ts';
import { watchChanges } from './watch-changes.ts';
import { watchRequest } from './watch-request.ts';

/** Every operation of the API, by operationId; one file each. */
export const operations = {
  signIn,
  signInWithCertificate,
  leaveToSignIn,
  comeBackSignedIn,
  takePostedAnswer,
  readProviderMetadata,
  signOut,
  checkLive,
  checkReady,
  readMeta,
  readMe,
  readHome,
  listUnits,
  listUnitLabels,
  readUnit,
  createUnit,
  updateUnit,
  moveUnit,
  openUnit,
  closeUnit,
  listDeviceProfiles,
  addPhoto,
  readPhoto,
  addDocument,
  readDocument,
  readFields,
  changeFields,
  listFieldHistory,
  createHolder,
  listHolders,
  exportHolders,
  readHolder,
  updateHolder,
  createRequest,
  listRequests,
  readRequest,
  watchRequest,
  watchChanges,
  submitRequest,
  decideRequest,
  amendRequest,
  cancelRequest,
  listStations,
  changeStationCard,
  startProduction,
  resumeProduction,
  scrapProduction,
  deliverDevice,
  sendActivationCode,
  printPinMailer,
  listDevices,
  readDevice,
  placeHold,
  liftHold,
  revokeDevice,
  readCertificate,
  downloadCertificate,
  listAuditEvents,
  verifyAudit,
  startReconciliation,
  readReconciliation,
  readLogging,
  setLogLevel,
  listLogEntries,
  rotateKeys,
  activateDevice,
  listOwnDevices,
  placeOwnHold,
  listOperators,
  createOperator,
  importOperators,
  readOperator,
  updateOperator,
  deactivateOperator,
  reactivateOperator,
  removeOperator,
  setFirstPassword,
  inviteOperator,
  readAccess,
  grantAssignment,
  changeAssignment,
  endAssignment,
  listRoles,
  createRole,
  updateRole,
  removeRole,
  listSeparationRules,
  createSeparationRule,
  switchSeparationRule,
  removeSeparationRule,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  showSecondFactor,
  beginPasskeyFactor,
  proveAgain,
  beginPasskeyProof,
  beginPasskey,
  addPasskey,
  removePasskey,
  resetSecondFactors,
  readAccount,
  enrolTotp,
  confirmTotp,
  removeTotp,
  renewRecoveryCodes,
  changePassword,
  askPasswordReset,
  resetPassword,
  listOwnSessions,
  endOwnSession,
  listSessions,
  endSession,
  listSignInSources,
  readSignInSource,
  createSignInSource,
  updateSignInSource,
  trySignInSource,
};
