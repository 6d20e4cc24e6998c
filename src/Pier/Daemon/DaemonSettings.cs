using System.Globalization;
using System.Text.Json;
using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Daemon;

/// <summary>The table of the daemon's settings: flag, short flag, daemon.json key, how a value is taken in.</summary>
static class DaemonSettings
{
    public enum Kind
    {
        Text,
        Switch,
        List,
        Map,
    }

    public sealed record Setting(
        string Flag,
        char? Short,
        string? Key,
        Kind Kind,
        string Help,
        Func<DaemonOptions, IReadOnlyList<string>, DaemonOptions> Apply
    );

    public static readonly IReadOnlyList<Setting> All =
    [
        new(
            "add-runtime",
            null,
            "runtimes",
            Kind.Map,
            "Register an additional OCI compatible runtime",
            (o, v) => o with { Runtimes = DefaultSettings.Runtimes(v) }
        ),
        Text("bip", null, "bip", "Network bridge IP, in CIDR notation", (o, v) => o with { BridgeAddress = v }),
        Text(
            "bridge",
            'b',
            "bridge",
            "Attach containers to a network bridge (\"none\": no bridge network)",
            (o, v) => o with { Bridge = v }
        ),
        new(
            "builder",
            null,
            "builder",
            Kind.Map,
            "Build cache: gc={\"enabled\":true,\"defaultKeepStorage\":\"20GB\",\"policy\":[...]} (default: no limit)",
            (o, v) => o with { BuildCachePolicy = BuildCacheSettings.Policy(v) }
        ),
        Text(
            "cgroup-parent",
            null,
            "cgroup-parent",
            "Parent cgroup for all containers (default \"/pier\")",
            (o, v) => o with { CgroupParent = v }
        ),
        Text(
            "config-file",
            null,
            null,
            "Daemon configuration file (default \"/etc/pier/daemon.json\")",
            (o, v) => o with { ConfigFile = v }
        ),
        Text(
            "data-root",
            null,
            "data-root",
            "Root directory of persistent state (default \"/var/lib/pier\")",
            (o, v) => o with { DataRoot = v }
        ),
        Switch("debug", 'D', "debug", "Enable debug mode", (o, v) => o with { Debug = v }),
        new(
            "default-address-pool",
            null,
            "default-address-pools",
            Kind.List,
            "Default address pools for node specific local networks",
            (o, v) => o with { Network = o.Network with { AddressPools = [.. v.Select(Pool)] } }
        ),
        Text(
            "default-cgroupns-mode",
            null,
            "default-cgroupns-mode",
            "Default mode for containers cgroup namespace (\"host\" | \"private\")",
            (o, v) => o with { Defaults = o.Defaults with { CgroupnsMode = v } }
        ),
        Text(
            "default-ipc-mode",
            null,
            "default-ipc-mode",
            "Default mode for containers ipc (\"shareable\" | \"private\") (default \"private\")",
            (o, v) => o with { Defaults = o.Defaults with { IpcMode = v } }
        ),
        Text(
            "default-runtime",
            null,
            "default-runtime",
            "Default OCI runtime for containers (default \"pier\")",
            (o, v) => o with { Defaults = o.Defaults with { Runtime = v } }
        ),
        Text(
            "default-shm-size",
            null,
            "default-shm-size",
            "Default shm size for containers (default 64MiB)",
            (o, v) => o with { Defaults = o.Defaults with { ShmSize = DefaultSettings.Size(v) } }
        ),
        new(
            "default-ulimit",
            null,
            "default-ulimits",
            Kind.Map,
            "Default ulimits for containers",
            (o, v) => o with { Defaults = o.Defaults with { Ulimits = DefaultSettings.Ulimits(v) } }
        ),
        List("dns", null, "dns", "DNS server to use", (o, v) => o with { Dns = v }),
        List("dns-opt", null, "dns-opts", "DNS options to use", (o, v) => o with { DnsOptions = v }),
        List("dns-search", null, "dns-search", "DNS search domains to use", (o, v) => o with { DnsSearch = v }),
        List(
            "exec-opt",
            null,
            "exec-opts",
            "Runtime execution options",
            (o, v) => o with { Warnings = [.. o.Warnings, .. DefaultSettings.ExecOptions(v)] }
        ),
        Text(
            "exec-root",
            null,
            "exec-root",
            "Root directory for execution state files (default \"/run/pier\")",
            (o, v) => o with { ExecRoot = v }
        ),
        Text("group", 'G', "group", "Group for the unix socket (default \"docker\")", (o, v) => o with { Group = v }),
        Text(
            "fixed-cidr-v6",
            null,
            "fixed-cidr-v6",
            "IPv6 subnet for the default bridge network",
            (o, v) => o with { Network = o.Network with { BridgeSubnet6 = v } }
        ),
        List("host", 'H', "hosts", "Daemon socket(s) to connect to", (o, v) => o with { Hosts = v }),
        Switch(
            "init",
            null,
            "init",
            "Run an init in the container to forward signals and reap processes",
            (o, v) => o with { Defaults = o.Defaults with { Init = v } }
        ),
        Text(
            "host-gateway-ip",
            null,
            "host-gateway-ip",
            "IP addresses that the special 'host-gateway' string in --add-host resolves to",
            (o, v) => o with { Network = o.Network with { HostGateway = v } }
        ),
        Switch(
            "icc",
            null,
            "icc",
            "Enable inter-container communication for the default bridge network (default true)",
            (o, v) => o with { Network = o.Network with { InterContainer = v } }
        ),
        List(
            "insecure-registry",
            null,
            "insecure-registries",
            "Enable insecure registry communication",
            (o, v) => o with { InsecureRegistries = v }
        ),
        Switch("insecure-tcp", null, "insecure-tcp", "Serve TCP without TLS on loopback addresses", (o, v) => o with { InsecureTcp = v }),
        Text(
            "ip",
            null,
            "ip",
            "Host IP for port publishing from the default bridge network (default 0.0.0.0)",
            (o, v) => o with { Network = o.Network with { PublishAddress = v } }
        ),
        Switch(
            "ip-forward",
            null,
            "ip-forward",
            "Enable IP forwarding in system configuration (default true)",
            (o, v) => o with { Network = o.Network with { IpForward = v } }
        ),
        Switch(
            "ip-masq",
            null,
            "ip-masq",
            "Enable IP masquerading for the default bridge network (default true)",
            (o, v) => o with { Network = o.Network with { IpMasquerade = v } }
        ),
        Switch(
            "iptables",
            null,
            "iptables",
            "Enable addition of firewall rules (default true)",
            (o, v) => o with { Network = o.Network with { Firewall = v } }
        ),
        Switch(
            "ipv6",
            null,
            "ipv6",
            "Enable IPv6 networking for the default bridge network",
            (o, v) => o with { Network = o.Network with { Ipv6 = v } }
        ),
        List("label", null, "labels", "Set key=value labels to the daemon", (o, v) => o with { Labels = v }),
        Switch(
            "live-restore",
            null,
            "live-restore",
            "Leave containers running when the daemon ends (default true)",
            (o, v) => o with { LiveRestore = v }
        ),
        Text(
            "log-driver",
            null,
            "log-driver",
            "Default driver for container logs (default \"json-file\")",
            (o, v) => o with { LogDriver = v }
        ),
        Text(
            "log-level",
            'l',
            "log-level",
            "Set the logging level (\"debug\"|\"info\"|\"warn\"|\"error\"|\"fatal\") (default \"info\")",
            (o, v) => o with { LogLevel = v }
        ),
        new("log-opt", null, "log-opts", Kind.Map, "Default log driver options for containers", (o, v) => o with { LogOptions = Pairs(v) }),
        Text("mtu", null, "mtu", "Set the MTU of networks (default 1500)", (o, v) => o with { Network = o.Network with { Mtu = Mtu(v) } }),
        Text(
            "pidfile",
            'p',
            "pidfile",
            "Path to use for daemon PID file (default \"EXEC-ROOT/pier.pid\")",
            (o, v) => o with { PidFile = v }
        ),
        List("registry-mirror", null, "registry-mirrors", "Preferred registry mirror", (o, v) => o with { RegistryMirrors = v }),
        Text("storage-driver", 's', "storage-driver", "Storage driver to use", (o, v) => o with { StorageDriver = v }),
        Switch("tls", null, "tls", "Use TLS; implied by --tlsverify", (o, v) => o with { TlsOn = v }),
        Text(
            "tlscacert",
            null,
            "tlscacert",
            "Trust certs signed only by this CA (default \"/etc/pier/ca.pem\")",
            (o, v) => o with { TlsAuthority = v }
        ),
        Text(
            "tlscert",
            null,
            "tlscert",
            "Path to TLS certificate file (default \"/etc/pier/cert.pem\")",
            (o, v) => o with { TlsCertificate = v }
        ),
        Text("tlskey", null, "tlskey", "Path to TLS key file (default \"/etc/pier/key.pem\")", (o, v) => o with { TlsKey = v }),
        Switch("tlsverify", null, "tlsverify", "Use TLS and verify the remote", (o, v) => o with { TlsVerify = v }),
        Switch(
            "userland-proxy",
            null,
            "userland-proxy",
            "Relay published ports by ::1, and by IPv6 to containers without it (default true)",
            (o, v) => o with { Network = o.Network with { Relay = v } }
        ),
        Text(
            "trust-policy",
            null,
            "trust-policy",
            "File that says which images need whose signature",
            (o, v) => o with { TrustPolicy = v }
        ),
        Text("userns-remap", null, "userns-remap", "User/Group setting for user namespaces", (o, v) => o with { UsernsRemap = v }),
        Switch("validate", null, null, "Validate daemon configuration and exit", (o, v) => o with { Validate = v }),
    ];

    /// <summary>The flag's "base=CIDR,size=N", or the file's {"base": ..., "size": ...}.</summary>
    static string Pool(string text)
    {
        if (!text.StartsWith('{'))
            return text;
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        return $"base={(root.TryGetProperty("base", out var block) ? block.ToString() : "")},size={(root.TryGetProperty("size", out var size) ? size.ToString() : "")}";
    }

    static int Mtu(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is >= 68 and <= 65535
            ? mtu
            : throw new InvalidParameterException($"invalid MTU: {text}");

    static Setting Text(string flag, char? letter, string? key, string help, Func<DaemonOptions, string, DaemonOptions> apply) =>
        new(flag, letter, key, Kind.Text, help, (o, v) => apply(o, v[^1]));

    static Setting List(
        string flag,
        char? letter,
        string? key,
        string help,
        Func<DaemonOptions, IReadOnlyList<string>, DaemonOptions> apply
    ) => new(flag, letter, key, Kind.List, help, apply);

    static Setting Switch(string flag, char? letter, string? key, string help, Func<DaemonOptions, bool, DaemonOptions> apply) =>
        new(
            flag,
            letter,
            key,
            Kind.Switch,
            help,
            (o, v) =>
                apply(
                    o,
                    GoBool.Parse(v[^1])
                        ?? throw new InvalidParameterException($"invalid argument \"{v[^1]}\" for \"--{flag}\" flag: {GoBool.Error(v[^1])}")
                )
        );

    static Dictionary<string, string> Pairs(IReadOnlyList<string> values)
    {
        var result = new Dictionary<string, string>();
        foreach (var value in values)
        {
            var equals = value.IndexOf('=');
            if (equals <= 0)
                throw new InvalidParameterException($"invalid argument \"{value}\" for \"--log-opt\" flag: it is not KEY=VALUE");
            result[value[..equals]] = value[(equals + 1)..];
        }
        return result;
    }
}
