#!/bin/sh
# casebook @VERSION@: `casebook hook status` explains this hook, `casebook hook uninstall` removes it.
status=0; [ ! -x "$0.before-casebook" ] || "$0.before-casebook" "$@" || status=$?
casebook=@BINARY@
usual=${HOME:+$HOME/.cargo/bin:$HOME/.local/bin:}/usr/local/bin:/opt/homebrew/bin:/usr/bin
[ -x "$casebook" ] || casebook=$(PATH=${PATH:+$PATH:}$usual && command -v casebook) ||
  printf 'casebook: no program at %s and none in PATH, so no reports: install it, then `casebook hook install`\n' @BINARY@ >&2
[ -z "$casebook" ] || "$casebook" hook run @NAME@ "$@"
exit $status
