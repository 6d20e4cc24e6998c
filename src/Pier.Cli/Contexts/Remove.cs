using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context rm.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context rm",
            Usage = "CONTEXT [CONTEXT...]",
            Summary = "Remove one or more contexts",
            Aliases = ["context rm", "context remove"],
            Options = [new("force", 'f', "", "Force the removal of a context in use")],
            MinimumArguments = 1,
            Run = call => call.ForEach(name => RemoveOne(call, name)),
        };

    static void RemoveOne(Invocation call, string name)
    {
        var store = new ContextStore(call.Config.Directory);
        var force = call.Line.Flag("force");
        if (name == ContextName.Default)
            throw new CliFailure("context \"default\" cannot be removed");
        if (!force && !store.Exists(name))
            throw new CliFailure($"context \"{name}\" does not exist");
        if (!force && name == call.Config.ContextName)
            throw new CliFailure($"context \"{name}\" is in use, set -f flag to force remove");
        if (name == call.Config.StoredContext)
            call.Config.StoreContext(ContextName.Default);
        store.Remove(name);
    }
}
