using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Pier.CompatTests.Oracle;

/// <summary>The dockerds that Pier is held against, as a row of <see cref="Differences"/> names them.</summary>
[Flags]
public enum Peers
{
    /// <summary>Debian 12's 20.10.</summary>
    Debian12 = 1,

    /// <summary>Debian 13's 26.1.</summary>
    Debian13 = 2,

    /// <summary>28 and later, from a tree of packages that PIER_NEWER names.</summary>
    Latest = 4,

    Later = Debian13 | Latest,
    All = Debian12 | Later,
}

/// <summary>A dockerd by its programs. All run with this machine's containerd and runc.</summary>
public sealed partial record DockerPeer(Peers Peer, string? Daemon, string? Client, string? Proxy, int Api)
{
    const string DebianDaemon = "/usr/sbin/dockerd",
        DebianClient = "/usr/bin/docker";

    public static DockerPeer Old { get; } =
        new(Peers.Debian12, File.Exists(DebianDaemon) ? DebianDaemon : null, DebianClient, "/usr/sbin/docker-proxy", 41);

    /// <summary>Of the tree that <see cref="Newer"/> knows; it is 26.1, unless PIER_NEWER names another.</summary>
    public static DockerPeer Newer { get; } = Find();

    /// <summary>"/v1.41".</summary>
    public string Version => $"/v1.{Api}";

    /// <summary>Why there is none here, or null.</summary>
    public string? Missing =>
        Daemon is null
            ? Peer == Peers.Debian12
                ? $"{DebianDaemon} is not installed (docker.io)"
                : "dockerd of Debian 13 is not there: run ./make newer"
            : ((string[])["/usr/bin/containerd", "/usr/sbin/runc"]).FirstOrDefault(p => !File.Exists(p)) is { } missing
                ? $"{missing} is not installed (docker.io)"
                : null;

    static DockerPeer Find()
    {
        var (daemon, client, proxy) = (
            CompatTests.Newer.Find("dockerd"),
            CompatTests.Newer.Find("docker"),
            CompatTests.Newer.Find("docker-proxy")
        );
        if (daemon is null)
            return new DockerPeer(Peers.Debian13, null, client, proxy, 45);
        using var process = Process.Start(new ProcessStartInfo(daemon, ["--version"]) { RedirectStandardOutput = true })!;
        var major = int.Parse(Major().Match(process.StandardOutput.ReadToEnd()).Value);
        process.WaitForExit();
        return major < 28
            ? new DockerPeer(Peers.Debian13, daemon, client, proxy, 45)
            : new DockerPeer(Peers.Latest, daemon, client, proxy, 51);
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Major();
}
