using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context import.</summary>
static class Import
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context import",
            Usage = "CONTEXT FILE|-",
            Summary = "Import a context from a tar or zip file",
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (name, path) = (call.Arguments[0], call.Arguments[1]);
        var store = new ContextStore(call.Config.Directory);
        ContextName.Check(name);
        if (store.Exists(name))
            throw new CliFailure($"context \"{name}\" already exists");
        using var source = path == "-" ? call.Environment.Input : ContextFiles.Open(path);
        var bundle = ContextBundle.Read(source);
        store.WriteTls(name, bundle.Tls);
        store.Write(bundle.Context.Named(name));
        return Create.Done(call, name, "imported");
    }
}
