#!/usr/bin/env bash
# The project's own tasks. `./make` lists them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
artifacts=$PWD/artifacts

help() {
    cat <<'HELP'
./make TARGET

  build     compile everything
  test      install what the tests need and run every test
  unit      only the pure tests and golden files
  kernel    only the tests that start real containers (root)
  compat    only the tests with real clients and engines
  newer     unpack Debian 13's clients and engine, which some tests of compat meet
  guest     boot Debian with systemd and cgroup v2 under QEMU and play tests/guest/scenarios in it (root)
  lint      format check, shell check, analyzers as errors
  fmt       format the sources
  bench     measure Pier beside docker.io and podman, print a table of ratios
  golden    write the golden files anew
  publish   build the native binary: artifacts/native/pier
  clean     remove what was built
HELP
}

say() { printf '==> %s\n' "$*" >&2; }

# The framework: .NET 10, or 9 where the package source lacks 10's NativeAOT runtime pack (docs/decisions/0001).
framework() {
    if [ -n "${PierFramework:-}" ]; then export PierFramework; return; fi
    mkdir -p "$artifacts"
    if [ ! -s "$artifacts/framework" ]; then
        say "looking for the NativeAOT pack of .NET 10"
        local probe=$artifacts/probe
        mkdir -p "$probe"
        cat >"$probe/probe.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>
<PublishAot>true</PublishAot><RuntimeIdentifier>linux-x64</RuntimeIdentifier></PropertyGroup></Project>
XML
        # The probe is no part of the solution: keep the repository's build files out of it.
        echo '<Project/>' | tee "$probe/Directory.Build.props" >"$probe/Directory.Packages.props"
        if dotnet restore "$probe/probe.csproj" >"$probe/log" 2>&1; then
            echo net10.0 >"$artifacts/framework"
        elif grep -q 'NU1101.*NativeAOT\|NU1102.*NativeAOT' "$probe/log"; then
            echo net9.0 >"$artifacts/framework"
        else
            cat "$probe/log" >&2
            exit 1
        fi
        rm -rf "$probe"
    fi
    PierFramework=$(cat "$artifacts/framework")
    export PierFramework
}

# Debian packages by name; nothing happens when all are there.
packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() { framework; dotnet build Pier.slnx --nologo -v quiet; }

publish() {
    framework
    packages gcc libc6-dev zlib1g-dev binutils
    say "building the native binary ($PierFramework; about a minute)"
    mkdir -p "$artifacts/native"
    dotnet publish src/Pier -c Release -p:PierNative=true "-p:PierS3=${PIER_S3:-true}" -o "$artifacts/publish" --nologo -v quiet
    # One rename: a running daemon or client never sees half a binary.
    cp "$artifacts/publish/pier" "$artifacts/native/pier.new"
    [ ! -f "$artifacts/publish/pier.dbg" ] || cp "$artifacts/publish/pier.dbg" "$artifacts/native/pier.dbg"
    mv "$artifacts/native/pier.new" "$artifacts/native/pier"
    touch "$artifacts/native/pier"
    say "artifacts/native/pier: $(stat -c %s "$artifacts/native/pier" | numfmt --to=iec) bytes"
}

needs() {
    packages busybox-static nftables iproute2 iputils-ping procps skopeo docker.io containerd runc podman binutils gcc libc6-dev \
        python3-minimal python3-docker docker-compose curl iperf3 util-linux e2fsprogs docker-registry buildah zstd xz-utils bzip2 btrfs-progs git rsyslog rsyslog-openssl \
        zsh fish openssh-client
}

# Debian 13's clients and engine, peers of the tests beside Debian 12's: unpacked under artifacts/trixie, installed nowhere. They come from the mirror of this
# machine's own Debian sources. (Not runc: it wants a newer libc; Debian 12's serves.) Where the mirror fails, the tests of these peers skip.
newer() {
    local wanted=(docker.io docker-cli docker-buildx docker-compose cosign containerd) work
    [ "$(cat "$artifacts/trixie/.packages" 2>/dev/null)" != "${wanted[*]}" ] || return 0
    say "unpacking Debian 13's ${wanted[*]}"
    mkdir -p "$artifacts"
    work=$(mktemp -d "$artifacts/trixie.XXXXXX")
    if unpack "$work" "${wanted[@]}" >"$work/log" 2>&1; then
        rm -rf "$artifacts/trixie"
        mv "$work/root" "$artifacts/trixie"
    else
        say "Debian 13's packages are not to be had, their tests skip: $(tail -n 1 "$work/log")"
    fi
    rm -rf "$work"
}

# newer's work in a directory of its own.
unpack() (
    cd "$1" && shift || exit 1
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    [ -n "$mirror" ] || { echo "no Debian mirror among this machine's package sources"; exit 1; }
    mkdir -p lists/partial archives/partial root
    : >status
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >sources.list
    apt() {
        apt-get -q -o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$PWD/lists" \
            -o "Dir::State::Status=$PWD/status" -o "Dir::Cache=$PWD" -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any "$@"
    }
    apt update && apt download "${@/%//trixie}" || exit 1
    for package in *.deb; do dpkg-deb -x "$package" root || exit 1; done
    echo "$*" >root/.packages
)

# Runs test projects; prints every skip with its reason, then the one closing line.
run_tests() {
    framework
    local results=$artifacts/results status=0
    rm -rf "$results"
    export PIER_BINARY=$artifacts/native/pier
    for project in "$@"; do
        say "tests: $project"
        dotnet test "tests/Pier.$project" --nologo -v quiet --logger "trx;LogFileName=$project.trx" \
            --logger "console;verbosity=minimal" --results-directory "$results" --blame-hang-timeout 10m || status=1
    done
    summary "$results" "$@" || status=1
    return $status
}

summary() {
    local results=$1 passed=0 failed=0 skipped=0 project
    shift
    for project in "$@"; do
        local trx=$results/$project.trx
        if [ ! -s "$trx" ]; then
            echo "$project: no results (the test run broke off)"
            failed=$((failed + 1))
            continue
        fi
        passed=$((passed + $(grep -c '<UnitTestResult .*outcome="Passed"' "$trx" || true)))
        failed=$((failed + $(grep -c '<UnitTestResult .*outcome="Failed"' "$trx" || true)))
        skipped=$((skipped + $(grep -c '<UnitTestResult .*outcome="NotExecuted"' "$trx" || true)))
        awk '/<UnitTestResult .*outcome="NotExecuted"/ { match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11); open = 1 }
             open && /<(Message|StdOut)>/ { gsub(/.*<(Message|StdOut)>|<\/(Message|StdOut)>.*/, ""); print "skipped: " name ": " $0; open = 0 }
             /<\/UnitTestResult>/ && open { print "skipped: " name ": (no reason given)"; open = 0 }' "$trx"
    done
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

root() { [ "$(id -u)" = 0 ] || { echo "this target starts real containers: run it as root" >&2; exit 1; }; }

guest() {
    packages qemu-system-x86 mmdebstrap zstd xz-utils kmod e2fsprogs
    say "the guest (the first time its image is made; minutes)"
    tests/guest/run "$artifacts/native/pier" "$artifacts/guest" "$@"
}

lint() {
    framework
    packages shellcheck
    say "shellcheck"
    shellcheck -x make pier .ci/run tests/guest/{run,image,boot,batch,scenarios,root/batch}
    say "format and analyzers"
    dotnet tool restore >/dev/null
    dotnet csharpier check .
    # A tree of its own: the builds of other targets stay what they are.
    dotnet build Pier.slnx --nologo -v quiet -p:PierLint=true --artifacts-path "$artifacts/lint"
}

case ${1:-help} in
    help | -h | --help) help ;;
    build) build ;;
    publish) publish ;;
    test) root; needs; newer; publish; run_tests UnitTests KernelTests CompatTests ;;
    unit) publish; run_tests UnitTests ;;
    kernel) root; needs; publish; run_tests KernelTests ;;
    compat) root; needs; newer; publish; run_tests CompatTests ;;
    newer) newer ;;
    guest) root; publish; guest "${@:2}" ;;
    lint) lint ;;
    fmt) dotnet tool restore >/dev/null; dotnet csharpier format . ;;
    bench) root; needs; publish; dotnet run --project bench/Pier.Bench -c Release -- --pier "$artifacts/native/pier" --out docs/benchmarks.md ;;
    golden) framework; PIER_GOLDEN='write' dotnet test tests/Pier.UnitTests --nologo -v quiet --filter Golden ;;
    clean) rm -rf artifacts; find src tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} + ;;
    *) echo "make: no target $1" >&2; help >&2; exit 2 ;;
esac
