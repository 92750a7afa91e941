#!/bin/sh
# casebook @VERSION@: `casebook hook status` explains this hook, `casebook hook uninstall` removes it.
input=$(cat)
if [ -x "$0.before-casebook" ]; then printf '%s\n' "$input" | "$0.before-casebook" "$@" || exit
elif git config filter.lfs.process >/dev/null && command -v git-lfs >/dev/null; then printf '%s\n' "$input" | git lfs pre-push "$@" || exit; fi
casebook=@BINARY@
usual=${HOME:+$HOME/.cargo/bin:$HOME/.local/bin:}/usr/local/bin:/opt/homebrew/bin:/usr/bin
[ -x "$casebook" ] || casebook=$(PATH=${PATH:+$PATH:}$usual && command -v casebook) || {
  printf 'casebook: no program at %s and none in PATH, so nothing is checked: install it, then `casebook hook install`\n' @BINARY@ >&2; exit @MISSING@; }
printf '%s\n' "$input" | "$casebook" hook run @NAME@ "$@"
