# What the commands at the top of the project need. Sourced, not run.
# Debian packages that are missing are installed when we are root, and named otherwise.

# need_packages COMMAND:PACKAGE …
need_packages() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair#*:}")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# josekit binds OpenSSL.
need_openssl_headers() {
    pkg-config --exists openssl || install_packages libssl-dev
}

install_packages() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing from Debian: $*"
        apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        echo "These Debian packages are missing: $*" >&2
        echo "Install them:  sudo apt-get install $*" >&2
        exit 1
    fi
}

need_rust() {
    command -v cargo >/dev/null 2>&1 && return
    echo "The Rust toolchain is missing (cargo was not found)." >&2
    echo "Install Rust 1.95 or newer with rustup (https://rustup.rs), then run this again." >&2
    exit 1
}

# need_version COMMAND LEAST "how to get it": compares the major.minor it prints
need_version() {
    local found
    found=$("$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || found=
    if [ -z "$found" ] || [ "$(printf '%s\n%s\n' "$2" "$found" | sort -V | head -n 1)" != "$2" ]; then
        echo "$1 $2 or newer is missing (found: ${found:-none}). $3" >&2
        exit 1
    fi
}
