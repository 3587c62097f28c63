#!/bin/sh
# Puts DigitLab into the menu of this account, and lets a double click on models and drawings open it.
# `./install.sh --remove` takes both away again. The program stays in this folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/digitlab.desktop
types=$share/mime/packages/digitlab-mime.xml

if [ "${1:-}" = "--remove" ]; then
    rm -f "$entry" "$types" "$share"/icons/hicolor/*/apps/digitlab.png "$share"/icons/hicolor/scalable/apps/digitlab.svg
else
    mkdir -p "$share/applications" "$share/mime/packages" "$share/icons"
    cp -R "$here/share/icons/hicolor" "$share/icons/"
    cp "$here/share/digitlab-mime.xml" "$types"
    # The path may hold blanks.
    sed "s|^Exec=digitlab|Exec=\"$here/digitlab\"|" "$here/share/digitlab.desktop" >"$entry"
fi
for update in "update-desktop-database $share/applications" "update-mime-database $share/mime"; do
    if command -v "${update%% *}" >/dev/null; then $update; fi
done
