using Pier.Cli.CommandLines;

namespace Pier.Cli.Manifests;

/// <summary>pier manifest rm.</summary>
static class Remove
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "manifest rm",
            Usage = "MANIFEST_LIST [MANIFEST_LIST...]",
            Summary = "Delete one or more manifest lists from local storage",
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (lists, code) = (new LocalLists(call.Config.Directory), 0);
        foreach (var name in call.Arguments)
        {
            if (lists.Remove(Fetching.Parse(name)))
                continue;
            call.Error.WriteLine($"No such manifest: {name}");
            code = 1;
        }
        return code;
    }
}
