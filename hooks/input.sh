#!/bin/sh
# casebook @VERSION@: `casebook hook status` explains this hook, `casebook hook uninstall` removes it.
input=$(cat)
[ ! -x "$0.before-casebook" ] || printf '%s\n' "$input" | "$0.before-casebook" "$@" || @REFUSED@
casebook=@BINARY@
usual=${HOME:+$HOME/.cargo/bin:$HOME/.local/bin:}/usr/local/bin:/opt/homebrew/bin:/usr/bin
[ -x "$casebook" ] || casebook=$(PATH=${PATH:+$PATH:}$usual && command -v casebook) || {
  printf 'casebook: no program at %s and none in PATH, so @NAME@ does nothing: install it, then `casebook hook install`\n' @BINARY@ >&2
  exit @MISSING@; }
printf '%s\n' "$input" | "$casebook" hook run @NAME@ "$@"
