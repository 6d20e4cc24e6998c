using Pier.Cli.CommandLines;

namespace Pier.Cli.Completion;

/// <summary>The values of an option.</summary>
sealed class OptionCandidates(Place place, CliEnvironment environment, DaemonNames names)
{
    static readonly string[] States = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];

    string Command => place.Command?.Name ?? "";

    public Candidates Of(OptionSpec option) =>
        option.Long switch
        {
            "config" or "dir" => Candidates.Directories,
            "file" or "input" or "cidfile" or "iidfile" or "env-file" or "label-file" => Candidates.Files,
            "tlscacert" or "tlscert" or "tlskey" or "key" or "secret" or "ssh" => Candidates.Files,
            "output" => Candidates.Files,
            "context" or "from" => new Candidates(names.Contexts(stored: false), Directive.NoFiles),
            "log-level" => Candidates.Fixed("debug", "info", "warn", "error", "fatal"),
            "restart" => Candidates.Fixed("no", "always", "on-failure", "unless-stopped"),
            "pull" => Candidates.Fixed("always", "missing", "never"),
            "progress" => Candidates.Fixed("auto", "plain", "quiet", "rawjson", "tty"),
            "attach" => Candidates.Fixed("stderr", "stdin", "stdout"),
            "type" when Command == "inspect" => Candidates.Fixed("container", "image", "network", "volume"),
            "format" => option.Help == FormatHelp.Table ? Candidates.Fixed("json", "table") : Candidates.Fixed("json"),
            "signal" or "stop-signal" => Candidates.Of(KernelWords.Signals(place.Typed)),
            "platform" => Candidates.Of(KernelWords.Platforms),
            "cap-add" or "cap-drop" => Candidates.Of(["ALL", .. KernelWords.Capabilities]),
            "ulimit" => Candidates.Beginnings(KernelWords.Limits),
            "cgroupns" => Candidates.Fixed("host", "private"),
            "ipc" => Candidates.Fixed("container:", "host", "none", "private", "shareable"),
            "pid" => Candidates.Fixed("container:", "host"),
            "userns" or "uts" => Candidates.Fixed("host"),
            "security-opt" => Candidates.Fixed("apparmor=", "label=", "no-new-privileges", "seccomp=", "systempaths=unconfined"),
            "storage-opt" => Candidates.Beginnings("size="),
            "detach-keys" => Candidates.Beginnings("ctrl-"),
            "env" => Candidates.Of(environment.VariableNames()),
            "network" => Candidates.Of(names.Networks()),
            "volumes-from" => Candidates.Of(names.Containers(true)),
            "link" => new Candidates(names.Containers(true).Select(n => new Candidate(n + ":")), Directive.NoSpace),
            // Where no volume fits, a path does.
            "volume" => new Candidates(names.Volumes().Select(v => new Candidate(v + ":")), Directive.NoSpace),
            "runtime" => Candidates.Of(names.Runtimes()),
            "log-driver" => Candidates.Of(names.Drivers("Log")),
            "driver" when Command == "network create" => Candidates.Of(names.Drivers("Network")),
            "driver" when Command == "volume create" => Candidates.Of(names.Drivers("Volume")),
            "filter" => Filters(),
            _ => Candidates.None,
        };

    Candidates Filters()
    {
        var typed = place.Typed[(place.Typed.StartsWith("--", StringComparison.Ordinal) ? place.Typed.IndexOf('=') + 1 : 0)..];
        if (typed.IndexOf('=') is >= 0 and var equals)
            return FilterValues(typed[..equals]);
        return Command switch
        {
            "ps" or "container ls" => Candidates.Beginnings(
                "ancestor=",
                "before=",
                "exited=",
                "expose=",
                "health=",
                "id=",
                "label=",
                "name=",
                "network=",
                "publish=",
                "since=",
                "status=",
                "volume="
            ),
            "events" or "system events" => Candidates.Beginnings(
                "container=",
                "daemon=",
                "event=",
                "image=",
                "label=",
                "network=",
                "scope=",
                "type=",
                "volume="
            ),
            "images" or "image ls" => Candidates.Beginnings("before=", "dangling=", "label=", "reference=", "since=", "until="),
            "network ls" => Candidates.Beginnings("dangling=", "driver=", "id=", "label=", "name=", "scope=", "type="),
            "volume ls" => Candidates.Beginnings("dangling=", "driver=", "label=", "name="),
            "search" => Candidates.Beginnings("is-official=", "stars="),
            _ when Command.EndsWith("prune", StringComparison.Ordinal) => Candidates.Beginnings("label=", "label!=", "until="),
            _ => Candidates.None,
        };
    }

    Candidates FilterValues(string key)
    {
        IEnumerable<string>? values = (Command, key) switch
        {
            (_, "status") => States,
            (_, "health") => ["healthy", "none", "starting", "unhealthy"],
            (_, "dangling" or "is-official") => ["false", "true"],
            ("events" or "system events", "type") => ["builder", "container", "daemon", "image", "network", "plugin", "volume"],
            ("network ls", "type") => ["builtin", "custom"],
            (_, "container") => names.Containers(true),
            (_, "network") => names.Networks(),
            (_, "volume") => names.Volumes(),
            (_, "ancestor" or "image") => names.Images(),
            ("ps" or "container ls", "before" or "since" or "name") => names.Containers(true),
            _ => null,
        };
        return values is null ? Candidates.None : Candidates.Of(values.Select(v => $"{key}={v}"));
    }
}
