# Sourced by ./run: from a bare machine with python3 to a .venv that is in step with the lock. Sets PYTHON, leaves the folder unchanged.
unset PYTHONDONTWRITEBYTECODE PYTHONHOME VIRTUAL_ENV
export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE="${UV_LINK_MODE:-copy}"
export PYTHONTZPATH='' # time zones come from the pinned tzdata, the same on every machine
export FLASK_APP=app

UV_VERSION=0.13.9
NEWEST_TESTED=313 # Python 3.13
PYTHON=.venv/bin/python

# The newest Python on the PATH that the tests run with; else whichever comes first (docs/decisions/0052).
find_python() {
    SYSTEM_PYTHON=$(command -v python3) || {
        echo 'Python 3.11 or newer is missing. On Debian or Ubuntu: sudo apt-get install python3' >&2
        exit 2
    }
    newest=310 separator=$IFS IFS=:
    for folder in $PATH; do
        [ -x "$folder/python3" ] || continue
        version=$("$folder/python3" -c 'import sys; print("%d%02d" % sys.version_info[:2])' 2>/dev/null) || continue
        if [ "$version" -gt "$newest" ] && [ "$version" -le "$NEWEST_TESTED" ]; then
            newest=$version SYSTEM_PYTHON=$folder/python3
        fi
    done
    IFS=$separator
    "$SYSTEM_PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Python 3.11 or newer is needed; $SYSTEM_PYTHON is $("$SYSTEM_PYTHON" -V)." >&2
        exit 2
    }
}

# What the system lacks for serving or for testing, in one call to the package manager.
install_system_packages() {
    packages=$("$SYSTEM_PYTHON" -m tooling.machine "$1")
    [ -n "$packages" ] || return 0
    as_root=''
    [ "$(id -u)" -eq 0 ] || as_root='sudo'
    if command -v apt-get >/dev/null && { [ -z "$as_root" ] || command -v sudo >/dev/null; }; then
        # shellcheck disable=SC2086 # a list of package names
        if $as_root apt-get update -qq && packages=$("$SYSTEM_PYTHON" -m tooling.machine "$1" --offered) &&
            { [ -z "$packages" ] || DEBIAN_FRONTEND=noninteractive \
                $as_root apt-get install -y -qq --no-install-recommends $packages </dev/null >/dev/null; }; then
            return 0
        fi
    fi
    advice=$("$SYSTEM_PYTHON" -m tooling.machine "$1" --advice)
    [ -n "$advice" ] || return 0 # what is lacking would only have made the tests faster
    echo "$advice" >&2
    exit 2
}

find_uv() {
    UV=$(command -v uv) || UV=.tools/bin/uv
    [ "$UV" != .tools/bin/uv ] || [ -x "$UV" ] || {
        "$SYSTEM_PYTHON" -m venv .tools
        .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
    }
}

# What the tests ask that is not Python: calendar readers and verifiers of credentials, once for each change of their
# locks. npm forgets the stamp together with what it says, because both lie in the folder that `npm ci` begins by deleting.
sync_readers() {
    for readers in tests/feeds/readers tests/training/certificates/verifiers; do
        state=$(cksum <"$readers/package-lock.json")
        [ "$state" != "$(cat "$readers/node_modules/synced" 2>/dev/null)" ] || continue
        (cd "$readers" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
        echo "$state" >"$readers/node_modules/synced"
    done
}

# The larger set of packages, once installed, stays: going back and forth would reinstall each time.
# Readers are fetched meanwhile: both wait for the network.
set_up() {
    find_python
    fetching=''
    stamp=.venv/synced
    wanted=$1
    case $(cat "$stamp" 2>/dev/null) in test*) wanted=test ;; esac
    lock=requirements.lock
    [ "$wanted" = serve ] || lock=requirements-test.lock
    state="$wanted $(cksum <"$lock")"
    if [ "$state" != "$(cat "$stamp" 2>/dev/null)" ] || ! "$PYTHON" -c '' 2>/dev/null; then
        install_system_packages "$1"
        [ "$1" != test ] || { sync_readers & fetching=$!; }
        find_uv
        "$PYTHON" -c '' 2>/dev/null || "$UV" venv --quiet --clear --python "$SYSTEM_PYTHON" .venv
        # Compiled for a quick first start. Tests import a quarter of what the larger set holds.
        [ "$wanted" = test ] || export UV_COMPILE_BYTECODE=1
        "$UV" pip sync --quiet --python "$PYTHON" "$lock"
        echo "$state" >"$stamp"
    elif [ "$1" = test ]; then
        install_system_packages test
        sync_readers
    fi
    [ -z "$fetching" ] || wait "$fetching"
}
