using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context export.</summary>
static class Export
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context export",
            Usage = "[OPTIONS] CONTEXT [FILE|-]",
            Summary = "Export a context to a tar archive FILE or a tar stream on STDOUT.",
            MinimumArguments = 1,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var name = call.Arguments[0];
        var path = call.Arguments.Count > 1 ? call.Arguments[1] : name + ".dockercontext";
        if (path == "-" && call.Environment.Terminal.IsOutputTerminal)
            throw new CliFailure("cowardly refusing to export to a terminal, specify a file path");
        if (name != ContextName.Default)
            ContextName.Check(name);
        var catalog = new ContextCatalog(call.Config);
        var bundle = new ContextBundle(catalog.Read(name), catalog.ReadTls(name));
        if (path == "-")
        {
            bundle.WriteTar(call.Environment.Output);
            return 0;
        }
        using (var file = ContextFiles.Create(path))
            bundle.WriteTar(file);
        call.Error.WriteLine($"Written file \"{path}\"");
        return 0;
    }
}
