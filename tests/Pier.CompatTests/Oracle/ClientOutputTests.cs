using System.Text.RegularExpressions;

namespace Pier.CompatTests.Oracle;

/// <summary>What docker's client prints against dockerd and against Pier, at the API version that both speak, command by command.</summary>
public abstract partial class ClientOutputTests(OraclePair pair)
{
    /// <summary>Commands in an order in which each finds what it needs; "|" separates words.</summary>
    static readonly string[] Script =
    [
        "run|-d|--name|cobox|-l|a=b|-e|X=y|-m|64m|-p|127.0.0.1::80|--network|bridge|busybox|sh|-c|touch /new; mkdir /dir; rm /etc/passwd /bin/vi; echo two >&2; sleep 0.5; echo one; exec sleep 1000",
        "create|--name|conew|--network|none|busybox|true",
        "run|--name|codone|--network|none|busybox|sh|-c|exit 3",
        "run|--rm|--network|none|busybox|nosuch",
        "run|--rm|--network|none|busybox|/etc",
        "ps|--format|{{.Names}}: {{.Image}} {{.Command}} {{.State}} {{.Labels}} {{.Networks}} {{.Mounts}} {{.LocalVolumes}}",
        "ps|-a|--format|{{.Names}}: {{.Status}}",
        "ps|-aq|--no-trunc",
        "ps|-a|--format|table {{.Names}}\\t{{.Image}}\\t{{.Status}}",
        "ps|-a|--filter|exited=3|--format|{{.Names}}",
        "ps|-a|--filter|status=created|--format|{{json .Names}}",
        "ps|--filter|nosuch=x",
        "ps|-a|--filter|name=co|--last|1|--format|{{.Names}}",
        "ps|--format|{{.Nosuch}}",
        "inspect|-f|{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{.Config.Image}} {{json .Config.Cmd}} {{json .Config.Labels}} {{.HostConfig.Memory}} {{.HostConfig.NetworkMode}} {{.Path}} {{json .Args}} {{.Driver}}|codone",
        "inspect|-f|{{range .Config.Env}}{{println .}}{{end}}|cobox",
        "inspect|nosuch",
        "inspect|-f|{{.Nosuch}}|cobox",
        "inspect|--type|image|cobox",
        "inspect|-f|{{.RepoTags}} {{.Os}}/{{.Architecture}} {{len .RootFS.Layers}}|busybox",
        "top|cobox|-o|pid,args",
        "top|codone",
        "port|cobox|81",
        "port|cobox|80/udp",
        "port|nosuch",
        "diff|cobox",
        "diff|nosuch",
        "logs|cobox",
        "logs|--tail|1|cobox",
        "logs|nosuch",
        "logs|--since|1h|codone",
        "logs|-t|cobox",
        "stats|--no-stream|--format|{{.Name}} {{.PIDs}}|cobox",
        "stats|--no-stream|nosuch",
        "exec|cobox|echo|x",
        "exec|cobox|sh|-c|exit 4",
        "exec|cobox|nosuch",
        "exec|-u|nosuch|cobox|true",
        "exec|-w|/nosuch|cobox|true",
        "exec|codone|true",
        "exec|nosuch|true",
        "exec|-e|A=b|cobox|printenv|A",
        "start|nosuch",
        "stop|nosuch",
        "kill|codone",
        "kill|-s|NOSUCH|cobox",
        "pause|cobox",
        "exec|cobox|true",
        "pause|cobox",
        "unpause|cobox",
        "pause|codone",
        "restart|-t|0|cobox",
        "wait|codone",
        "wait|nosuch",
        "rename|conew|coold",
        "rename|coold|cobox",
        "rename|nosuch|x",
        "update|-m|1|cobox",
        "update|--cpus|1|cobox",
        "attach|codone",
        "cp|cobox:/nosuch|-",
        "cp|/nosuch|cobox:/",
        "cp|cobox:/new|/nosuch/dir/",
        "commit|cobox|coimage:one",
        "images|coimage|--format|{{.Repository}}:{{.Tag}}",
        "history|--format|{{.CreatedBy}} {{.Comment}}|coimage:one",
        "image|inspect|-f|{{.Comment}} {{json .Config.Cmd}}|coimage:one",
        "tag|nosuch|x",
        "rmi|nosuch",
        "rmi|coimage:one",
        "rmi|busybox",
        "volume|create|covol",
        "volume|ls|-q",
        "volume|ls|--format|{{.Driver}} {{.Name}} {{.Scope}}",
        "volume|inspect|-f|{{.Name}} {{.Driver}} {{.Scope}} {{json .Options}}|covol",
        "volume|inspect|nosuch",
        "volume|rm|nosuch",
        "volume|rm|covol",
        "network|ls|--format|{{.Name}} {{.Driver}} {{.Scope}}",
        "network|inspect|nosuch",
        "info|-f|{{.OSType}} {{.Architecture}} {{.NCPU}} {{.MemTotal}} {{.CgroupDriver}} {{.CgroupVersion}}",
        "system|df|--format|{{.Type}} {{.TotalCount}}",
        "events|--since|1|--until|{now}|--filter|container=codone|--format|{{.Type}} {{.Action}} {{index .Actor.Attributes \"exitCode\"}}",
        "events|--since|1|--until|{now}|--filter|container=coold|--filter|event=rename|--format|{{.Action}} {{.Actor.Attributes.oldName}} {{.Actor.Attributes.name}}",
        "rm|cobox",
        "rm|-f|cobox",
        "rm|nosuch",
        "rm|-f|nosuch",
        "container|prune|-f",
        "create|nosuch:image/bad",
        "create|--name|bad/name|busybox|true",
        "run|-d|--restart|odd|busybox|true",
        "create|-v|rel/x:/y|busybox|true",
    ];

    /// <summary>Commands whose output differs, and why.</summary>
    static readonly Dictionary<string, (string Why, Peers Peers)> Known = new()
    {
        ["run|--rm|--network|none|busybox|nosuch"] = ("Docker names its shim and runc; the reason is the same", Peers.All),
        ["run|--rm|--network|none|busybox|/etc"] = ("the kernel's reason for a directory is given as it is", Peers.All),
        ["inspect|-f|{{.Name}}"] = ("the storage driver's name", Peers.All),
        ["inspect|--type|image|cobox"] = ("Docker says it twice", Peers.All),
        ["exec|-u|nosuch"] = ("the user is looked up when the command starts, not before", Peers.Latest),
        ["pause|"] = ("later Docker's words", Peers.Debian12),
        ["kill|-s|NOSUCH"] = ("later Docker's words", Peers.Debian12),
        ["rm|cobox"] = ("later Docker's words", Peers.Debian12 | Peers.Debian13),
        ["container|prune|-f"] = ("directories count too: what is freed is what du says", Peers.All),
        ["run|-d|--restart|odd"] = ("later Docker's words", Peers.Debian12),
    };

    [SkippableFact]
    public async Task The_client_prints_the_same_but_for_what_has_a_reason()
    {
        Skip.If(pair.Peer.Missing is not null, pair.Peer.Missing);
        var problems = new List<string>();
        foreach (var line in Script)
        {
            var theirs = await RunAsync(line, pair.Docker);
            var ours = await RunAsync(line, pair.Pier);
            if (line.StartsWith("diff|", StringComparison.Ordinal))
                (theirs, ours) = (Sorted(theirs), Sorted(ours));
            // A column is as wide as its longest number.
            if (line.StartsWith("top|", StringComparison.Ordinal))
                (theirs, ours) = (Blanks().Replace(theirs, " "), Blanks().Replace(ours, " "));
            if (theirs == ours || Known.Any(k => k.Value.Peers.HasFlag(pair.Peer.Peer) && line.StartsWith(k.Key, StringComparison.Ordinal)))
                continue;
            problems.Add($"docker {line.Replace('|', ' ')}\n  docker: {theirs}\n  pier:   {ours}");
        }
        Assert.True(problems.Count == 0, $"{problems.Count} outputs differ:\n{string.Join('\n', problems)}");
    }

    async Task<string> RunAsync(string line, IDaemon daemon)
    {
        var words = line.Replace("{now}", DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds().ToString(), StringComparison.Ordinal)
            .Split('|');
        var start = new Client("docker", daemon).Start(words);
        start.Environment["DOCKER_API_VERSION"] = pair.Peer.Version[2..];
        var run = await Commands.RunAsync(start, null);
        var text = Normal.Text($"{run.Code} {run.Out}~{run.Error}", daemon).ToLowerInvariant();
        return Ago().Replace(Numbers().Replace(text, "N"), "AGO").Replace("\n", "\\n", StringComparison.Ordinal);
    }

    /// <summary>Docker's changes come in no order.</summary>
    static string Sorted(string output) => string.Join("\\n", output.Split(' ', 2)[1].Split("\\n").Order(StringComparer.Ordinal));

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    // Process ids, port numbers, sizes.
    [GeneratedRegex(@"(?<![\w:/.])\d{3,}(?![\w/])|(?<=:)\d{4,5}\b")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(less than a second|about a minute|\d+ seconds?|\d+ minutes?)( ago)?")]
    private static partial Regex Ago();
}

/// <summary>The client's outputs against Debian 12's dockerd.</summary>
public sealed class OldClientOutputTests(OldPair pair) : ClientOutputTests(pair), IClassFixture<OldPair>;

/// <summary>The client's outputs against Debian 13's dockerd, or a newer one.</summary>
public sealed class NewerClientOutputTests(NewerPair pair) : ClientOutputTests(pair), IClassFixture<NewerPair>;
