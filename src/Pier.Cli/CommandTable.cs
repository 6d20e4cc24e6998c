using Pier.Cli.CommandLines;

namespace Pier.Cli;

/// <summary>From words to a command. A switch, so that only the command that runs is ever made.</summary>
static class CommandTable
{
    public static readonly string[] ContainerCommands =
    [
        "attach",
        "commit",
        "cp",
        "create",
        "diff",
        "exec",
        "export",
        "inspect",
        "kill",
        "logs",
        "ls",
        "pause",
        "port",
        "prune",
        "rename",
        "restart",
        "rm",
        "run",
        "start",
        "stats",
        "stop",
        "top",
        "unpause",
        "update",
        "wait",
    ];

    /// <summary>The management commands, in the order of the overview.</summary>
    public static readonly CommandGroup[] Groups =
    [
        new("builder", "Manage builds", ["build", "prune"], Builder),
        new("completion", "Generate the completion script for a shell", ["bash", "fish", "powershell", "zsh"], Completion),
        new("container", "Manage containers", ContainerCommands, Container),
        new("context", "Manage contexts", ["create", "export", "import", "inspect", "ls", "rm", "show", "update", "use"], Context),
        new(
            "image",
            "Manage images",
            ["build", "history", "import", "inspect", "load", "ls", "prune", "pull", "push", "rm", "save", "tag"],
            Image
        ),
        new("manifest", "Manage Docker image manifests and manifest lists", ["annotate", "create", "inspect", "push", "rm"], Manifest),
        new("network", "Manage networks", ["connect", "create", "disconnect", "inspect", "ls", "prune", "rm"], Network),
        new("system", "Manage Pier", ["df", "events", "info", "prune"], System),
        new("trust", "Manage trust on Docker images", ["inspect", "key", "revoke", "sign", "signer"], TrustWord),
        new("trust key", "Manage keys for signing Docker images", ["generate", "load"], TrustKey),
        new("trust signer", "Manage entities who can sign Docker images", ["add", "remove"], TrustSigner),
        new("volume", "Manage volumes", ["create", "export", "import", "inspect", "ls", "prune", "rm"], Volume),
    ];

    public static readonly string[] CommonCommands =
    [
        "run",
        "exec",
        "ps",
        "build",
        "pull",
        "push",
        "images",
        "login",
        "logout",
        "search",
        "version",
        "info",
    ];

    public static readonly string[] OtherCommands =
    [
        "attach",
        "commit",
        "cp",
        "create",
        "diff",
        "events",
        "export",
        "history",
        "import",
        "inspect",
        "kill",
        "load",
        "logs",
        "pause",
        "port",
        "rename",
        "restart",
        "rm",
        "rmi",
        "save",
        "start",
        "stats",
        "stop",
        "tag",
        "top",
        "unpause",
        "update",
        "wait",
    ];

    /// <summary>The command that the first words name, and how many they are; null for none.</summary>
    public static CommandSpec? Find(ReadOnlySpan<string> words, out int count)
    {
        var group = Group(words);
        count = group is null ? 1 : group.Words + 1;
        return group is null ? Top(words[0])
            : words.Length < count ? null
            : group.Find(words[count - 1]);
    }

    /// <summary>The management command that the first words name, the longer one before the shorter; null for none.</summary>
    public static CommandGroup? Group(ReadOnlySpan<string> words)
    {
        var two = words.Length > 1 ? $"{words[0]} {words[1]}" : "";
        var one = words[0];
        return Array.Find(Groups, g => g.Name == two) ?? Array.Find(Groups, g => g.Name == one);
    }

    static CommandSpec? Top(string word) =>
        word switch
        {
            "run" => Containers.Run.Spec,
            "create" => Containers.Create.Spec,
            "start" => Containers.Start.Spec,
            "stop" => Containers.Stop.Spec,
            "restart" => Containers.Restart.Spec,
            "kill" => Containers.Kill.Spec,
            "rm" => Containers.Remove.Spec,
            "wait" => Containers.Wait.Spec,
            "attach" => Containers.Attach.Spec,
            "exec" => Containers.Exec.Spec,
            "ps" => Containers.List.Spec,
            "logs" => Containers.Logs.Spec,
            "rename" => Containers.Rename.Spec,
            "pause" => Containers.Pause.Spec,
            "unpause" => Containers.Unpause.Spec,
            "top" => Containers.Top.Spec,
            "stats" => Containers.Stats.Spec,
            "update" => Containers.Update.Spec,
            "port" => Containers.Port.Spec,
            "diff" => Containers.Diff.Spec,
            "export" => Containers.Export.Spec,
            "commit" => Containers.Commit.Spec,
            "cp" => Containers.Copy.Spec,
            "build" => Builds.Build.Spec,
            "images" => Images.List.Spec,
            "save" => Images.Save.Spec,
            "rmi" => Images.Remove.Spec,
            "tag" => Images.Tag.Spec,
            "history" => Images.History.Spec,
            "import" => Images.Import.Spec,
            "load" => Images.Load.Spec,
            "pull" => Images.Pull.Spec,
            "push" => Images.Push.Spec,
            "login" => Registries.Login.Spec,
            "logout" => Registries.Logout.Spec,
            "search" => Registries.Search.Spec,
            "inspect" => Inspection.Inspect.Spec,
            "version" => Daemon.Version.Spec,
            "info" => Daemon.Info.Spec,
            "events" => Daemon.Events.Spec,
            _ => null,
        };

    static CommandSpec? Container(string word) =>
        word switch
        {
            "ls" or "list" or "ps" => Named(Top("ps"), "container ls"),
            "inspect" => Inspection.Inspect.ContainerSpec,
            "prune" => Containers.Prune.Spec,
            "remove" => Named(Top("rm"), "container rm"),
            "run"
            or "create"
            or "start"
            or "stop"
            or "restart"
            or "kill"
            or "rm"
            or "wait"
            or "attach"
            or "exec"
            or "logs"
            or "rename"
            or "pause"
            or "unpause"
            or "top"
            or "port"
            or "stats"
            or "update"
            or "diff"
            or "export"
            or "commit"
            or "cp" => Named(Top(word), "container " + word),
            _ => null,
        };

    static CommandSpec? Image(string word) =>
        word switch
        {
            "ls" or "list" => Named(Top("images"), "image ls"),
            "rm" or "remove" => Named(Top("rmi"), "image rm"),
            "inspect" => Inspection.Inspect.ImageSpec,
            "prune" => Images.Prune.Spec,
            "build" or "history" or "import" or "load" or "pull" or "push" or "save" or "tag" => Named(Top(word), "image " + word),
            _ => null,
        };

    static CommandSpec? Builder(string word) =>
        word switch
        {
            "build" => Named(Top(word), "builder build"),
            "prune" => Builds.Prune.Spec,
            _ => null,
        };

    static CommandSpec? Completion(string word) =>
        word is "bash" or "fish" or "powershell" or "zsh" ? Pier.Cli.Completion.Scripts.Spec(word) : null;

    static CommandSpec? Context(string word) =>
        word switch
        {
            "create" => Contexts.Create.Spec,
            "export" => Contexts.Export.Spec,
            "import" => Contexts.Import.Spec,
            "inspect" => Contexts.Inspect.Spec,
            "ls" or "list" => Contexts.List.Spec,
            "rm" or "remove" => Contexts.Remove.Spec,
            "show" => Contexts.Show.Spec,
            "update" => Contexts.Update.Spec,
            "use" => Contexts.Use.Spec,
            _ => null,
        };

    static CommandSpec? Network(string word) =>
        word switch
        {
            "connect" => Networks.Connect.Spec,
            "create" => Networks.Create.Spec,
            "disconnect" => Networks.Disconnect.Spec,
            "inspect" => Inspection.Inspect.NetworkSpec,
            "ls" or "list" => Networks.List.Spec,
            "prune" => Networks.Prune.Spec,
            "rm" or "remove" => Networks.Remove.Spec,
            _ => null,
        };

    static CommandSpec? Manifest(string word) =>
        word switch
        {
            "annotate" => Manifests.Annotate.Spec,
            "create" => Manifests.Create.Spec,
            "inspect" => Manifests.Inspect.Spec,
            "push" => Manifests.Push.Spec,
            "rm" => Manifests.Remove.Spec,
            _ => null,
        };

    static CommandSpec? TrustWord(string word) =>
        word switch
        {
            "inspect" => Trust.Inspect.Spec,
            "revoke" => Trust.Revoke.Spec,
            "sign" => Trust.Sign.Spec,
            _ => null,
        };

    static CommandSpec? TrustKey(string word) =>
        word switch
        {
            "generate" => Trust.GenerateKey.Spec,
            "load" => Trust.LoadKey.Spec,
            _ => null,
        };

    static CommandSpec? TrustSigner(string word) =>
        word switch
        {
            "add" => Trust.AddSigner.Spec,
            "remove" => Trust.RemoveSigner.Spec,
            _ => null,
        };

    static CommandSpec? System(string word) =>
        word switch
        {
            "df" => Usage.DiskUsage.Spec,
            // Hidden, as in Docker: programs ask for it.
            "dial-stdio" => Sessions.DialStdio.Spec,
            "events" or "info" => Named(Top(word), "system " + word),
            "prune" => Usage.Prune.Spec,
            _ => null,
        };

    static CommandSpec? Volume(string word) =>
        word switch
        {
            "create" => Volumes.Create.Spec,
            "export" => Volumes.Export.Spec,
            "import" => Volumes.Import.Spec,
            "inspect" => Inspection.Inspect.VolumeSpec,
            "ls" or "list" => Volumes.List.Spec,
            "prune" => Volumes.Prune.Spec,
            "rm" or "remove" => Volumes.Remove.Spec,
            _ => null,
        };

    static CommandSpec? Named(CommandSpec? command, string name) => command is null ? null : command with { Name = name };
}
