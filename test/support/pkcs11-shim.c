/*
 * A PKCS#11 module that forwards every call to a real one (SoftHSM) and fails on order: the HSM of the fault tests.
 *
 * Environment: SHIM_MODULE, the path of the real module; SHIM_DIR, a directory of orders and of the ledger.
 *
 * An order is a file in SHIM_DIR; it holds while the file is there:
 *   removed        every call on the token answers CKR_DEVICE_REMOVED, and C_GetSlotList shows no slot
 *   pin-incorrect  C_Login answers CKR_PIN_INCORRECT
 *   final-try      C_GetTokenInfo says CKF_USER_PIN_FINAL_TRY
 *   no-keys        C_FindObjects finds nothing, and a key in hand is no more (CKR_KEY_HANDLE_INVALID)
 *   hold           C_Sign and C_Decrypt do not return (a slow HSM); they go on when the file is gone
 *   lose-sessions  the next call on a session closes all sessions, as a restarted HSM does, and removes the file
 *
 * The ledger, SHIM_DIR/ledger, has a line for each C_Login, C_OpenSession, C_GetSlotList and C_Sign: its name and, in hex, its answer. It is
 * written by one write(2) with O_APPEND, so that threads and processes may share it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pkcs11.h"

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST list;
static CK_SLOT_ID last_slot;

static void path_of(char *path, size_t size, const char *name) { snprintf(path, size, "%s/%s", getenv("SHIM_DIR"), name); }

static int ordered(const char *order) {
  char path[512];
  path_of(path, sizeof path, order);
  return access(path, F_OK) == 0;
}

static CK_RV noted(const char *call, CK_RV rv) {
  char path[512], line[128];
  path_of(path, sizeof path, "ledger");
  int length = snprintf(line, sizeof line, "%s %lx\n", call, (unsigned long)rv);
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, length) != length) abort();
  close(file);
  return rv;
}

/* What is wrong with the token at this call on a session; CKR_OK when nothing is. */
static CK_RV trouble(void) {
  char path[512];
  if (ordered("removed")) return CKR_DEVICE_REMOVED;
  path_of(path, sizeof path, "lose-sessions");
  if (unlink(path) == 0) {
    real->C_CloseAllSessions(last_slot);
    return CKR_SESSION_HANDLE_INVALID;
  }
  return CKR_OK;
}

static void held(void) {
  while (ordered("hold")) usleep(5000);
}

#define OR_TROUBLE \
  CK_RV wrong = trouble(); \
  if (wrong != CKR_OK) return wrong

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count) {
  if (!ordered("removed")) return noted("C_GetSlotList", real->C_GetSlotList(present, slots, count));
  *count = 0;
  return noted("C_GetSlotList", CKR_OK);
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  OR_TROUBLE;
  CK_RV rv = real->C_GetTokenInfo(slot, info);
  if (rv == CKR_OK && ordered("final-try")) info->flags |= CKF_USER_PIN_FINAL_TRY;
  return rv;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session) {
  last_slot = slot;
  CK_RV rv = trouble();
  return noted("C_OpenSession", rv == CKR_OK ? real->C_OpenSession(slot, flags, application, notify, session) : rv);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  CK_RV rv = trouble();
  if (rv == CKR_OK && ordered("pin-incorrect")) rv = CKR_PIN_INCORRECT;
  return noted("C_Login", rv == CKR_OK ? real->C_Login(session, user, pin, length) : rv);
}

static CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count) {
  OR_TROUBLE;
  if (!ordered("no-keys")) return real->C_FindObjects(session, objects, most, count);
  *count = 0;
  return CKR_OK;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  OR_TROUBLE;
  return ordered("no-keys") ? CKR_KEY_HANDLE_INVALID : real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR signature_length) {
  held();
  CK_RV rv = trouble();
  return noted("C_Sign", rv == CKR_OK ? real->C_Sign(session, data, length, signature, signature_length) : rv);
}

static CK_RV decrypt_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  OR_TROUBLE;
  return ordered("no-keys") ? CKR_KEY_HANDLE_INVALID : real->C_DecryptInit(session, mechanism, key);
}

static CK_RV decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR plain, CK_ULONG_PTR plain_length) {
  held();
  OR_TROUBLE;
  return real->C_Decrypt(session, data, length, plain, plain_length);
}

static CK_RV generate_random(CK_SESSION_HANDLE session, CK_BYTE_PTR bytes, CK_ULONG length) {
  OR_TROUBLE;
  return real->C_GenerateRandom(session, bytes, length);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR given) {
  if (!real) {
    void *module = dlopen(getenv("SHIM_MODULE"), RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get = module ? (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    list = *real;
    list.C_GetFunctionList = C_GetFunctionList;
    list.C_GetSlotList = get_slot_list;
    list.C_GetTokenInfo = get_token_info;
    list.C_OpenSession = open_session;
    list.C_Login = login;
    list.C_FindObjects = find_objects;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
    list.C_DecryptInit = decrypt_init;
    list.C_Decrypt = decrypt;
    list.C_GenerateRandom = generate_random;
  }
  *given = &list;
  return CKR_OK;
}
