# Run in a mount namespace: contain.sh ROOT USER GROUP SOURCE:PLACE… -- COMMAND…
# Makes ROOT a root file system of this machine's programs and the given mounts, all read-only but
# /tmp, and becomes the command in it.
set -euo pipefail
root=$1 user=$2 group=$3
shift 3

mount -t tmpfs -o mode=755 root "$root"
read_only() { # source place
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  mount -o remount,bind,ro "$root$2"
}
for directory in /usr /etc; do
  read_only "$directory" "$directory"
done
for link in /bin /sbin /lib /lib64; do
  if [ -L "$link" ]; then ln -s "$(readlink "$link")" "$root$link"; else read_only "$link" "$link"; fi
done
mkdir "$root/proc" "$root/dev" "$root/tmp"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
while [ "$1" != -- ]; do
  read_only "${1%%:*}" "${1#*:}"
  shift
done
shift
mount -o remount,ro "$root"

exec chroot "$root" setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs \
  --inh-caps=-all --ambient-caps=-all --bounding-set=-all -- env --chdir=/app "$@"
