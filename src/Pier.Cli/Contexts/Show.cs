using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context show.</summary>
static class Show
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context show",
            Usage = "",
            Summary = "Print the name of the current context",
            MaximumArguments = 0,
            Run = call =>
            {
                call.Out.WriteLine(call.Config.ContextName);
                return 0;
            },
        };
}
