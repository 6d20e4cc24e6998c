using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context use.</summary>
static class Use
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context use",
            Usage = "CONTEXT",
            Summary = "Set the current docker context",
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        if (call.Arguments.Count != 1)
            throw new CliFailure($"accepts 1 arg(s), received {call.Arguments.Count}");
        var name = call.Arguments[0];
        if (name != ContextName.Default)
        {
            ContextName.Check(name);
            new ContextStore(call.Config.Directory).Read(name);
        }
        call.Config.StoreContext(name);
        call.Out.WriteLine(name);
        call.Out.Flush();
        call.Error.WriteLine($"Current context is now \"{name}\"");
        if (name != ContextName.Default && call.Config.OverridingVariable is { } variable)
            call.Error.WriteLine(
                $"Warning: {variable} environment variable overrides the active context. To use \"{name}\", either set the global --context flag, or unset {variable} environment variable."
            );
        return 0;
    }
}
