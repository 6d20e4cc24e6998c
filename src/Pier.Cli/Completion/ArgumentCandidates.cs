using System.Text.Json;

namespace Pier.Cli.Completion;

/// <summary>What stands behind a command's options, command by command.</summary>
sealed class ArgumentCandidates(Place place, DaemonNames names)
{
    int Count => place.Line!.Arguments.Count;

    bool Forced => place.Line!.Flag("force");

    public Candidates Find()
    {
        var command = place.Command!;
        if (command.MaximumArguments >= 0 && Count >= command.MaximumArguments)
            return Candidates.None;
        var found = Of(Canonical(command.Name));
        // What is named already need not be named again.
        return found with { Items = found.Items.Where(c => !place.Line!.Arguments.Contains(c.Text)) };
    }

    /// <summary>The short name of a command that has two: "container stop" is "stop".</summary>
    static string Canonical(string name) =>
        name switch
        {
            "container inspect" or "container prune" or "image inspect" or "image prune" => name,
            "image rm" => "rmi",
            _ when name.StartsWith("container ", StringComparison.Ordinal) || name.StartsWith("image ", StringComparison.Ordinal) => name[
                (name.IndexOf(' ') + 1)..
            ],
            "builder build" => "build",
            _ => name,
        };

    Candidates Of(string command) =>
        command switch
        {
            "attach" or "pause" or "top" => First(() => names.Containers(false, Not("paused"))),
            "exec" => First(() => names.Containers(false, Not("paused"))),
            "kill" or "stop" or "wait" or "stats" => Candidates.Of(names.Containers(false)),
            "unpause" => Candidates.Of(names.Containers(false, Is("paused"))),
            "start" => Candidates.Of(names.Containers(true, c => c.Text("State") is "created" or "exited")),
            "rm" => Candidates.Of(names.Containers(true, c => Forced || c.Text("State") is "created" or "exited" or "dead")),
            "restart" or "update" or "container inspect" => Candidates.Of(names.Containers(true)),
            "logs" or "rename" or "port" or "diff" or "export" or "commit" => First(() => names.Containers(true)),
            "cp" => place.Typed.Contains(':')
                ? Candidates.None
                : new Candidates(names.Containers(true).Select(n => new Candidate(n + ":")), Directive.NoSpace),
            "run" or "create" or "save" when command == "save" || Count == 0 => Candidates.Of(names.Images()),
            "rmi" or "push" or "history" or "tag" or "image inspect" => Candidates.Of(names.Images()),
            "inspect" => Candidates.Of(Objects()),
            "volume inspect" or "volume rm" => Candidates.Of(names.Volumes()),
            "volume export" or "volume import" => First(names.Volumes),
            "network inspect" or "network rm" => Candidates.Of(names.Networks()),
            "network connect" => Count == 0 ? Candidates.Of(names.Networks()) : Candidates.Of(names.Containers(true, c => !Joined(c))),
            "network disconnect" => Count == 0 ? Candidates.Of(names.Networks()) : Candidates.Of(names.Containers(true, Joined)),
            "context use" => new Candidates(names.Contexts(stored: false), Directive.NoFiles),
            "context inspect" => new Candidates(names.Contexts(stored: false), Directive.NoFiles),
            "context rm" or "context update" => new Candidates(names.Contexts(stored: true), Directive.NoFiles),
            "context export" when Count == 0 => new Candidates(names.Contexts(stored: false), Directive.NoFiles),
            "context export" => Candidates.Files,
            "context import" => Count == 0 ? Candidates.None : Candidates.Files,
            "login" or "logout" => Candidates.Of(names.Registries()),
            "build" => Candidates.Directories,
            "import" => Count == 0 ? Candidates.Files : Candidates.None,
            "trust key load" => Candidates.Files,
            _ => Candidates.None,
        };

    Candidates First(Func<IEnumerable<string>> items) => Count == 0 ? Candidates.Of(items()) : Candidates.None;

    IEnumerable<string> Objects()
    {
        var kind = place.Line!.Text("type");
        bool Wanted(string name) => kind is null || kind == name;
        return
        [
            .. Wanted("container") ? names.Containers(true) : [],
            .. Wanted("image") ? names.Images() : [],
            .. Wanted("network") ? names.Networks() : [],
            .. Wanted("volume") ? names.Volumes() : [],
        ];
    }

    bool Joined(JsonElement container) =>
        (container.At("NetworkSettings") ?? default).Entries("Networks").Any(n => n.Name == place.Line!.Arguments[0]);

    static Func<JsonElement, bool> Is(string state) => c => c.Text("State") == state;

    static Func<JsonElement, bool> Not(string state) => c => c.Text("State") != state;
}
