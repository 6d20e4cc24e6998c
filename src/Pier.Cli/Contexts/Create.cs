using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context create.</summary>
static class Create
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context create",
            Usage = "[OPTIONS] CONTEXT",
            Summary = "Create a context",
            Details = DockerOption.Help,
            Options =
            [
                new("description", '\0', "string", "Description of the context"),
                DockerOption.Spec,
                new("from", '\0', "string", "create context from a named context"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var catalog = new ContextCatalog(call.Config);
        var name = call.Arguments[0];
        var docker = DockerOption.Of(call);
        ContextName.Check(name);
        if (catalog.Store.Exists(name))
            throw new CliFailure($"context \"{name}\" already exists");
        var source = call.Line.Text("from") ?? "";
        if (source.Length > 0 && docker is not null)
            throw new CliFailure("cannot use --docker flag when --from is set");
        var (context, tls) = docker is null ? CopyOf(source, name, call, catalog) : New(name, docker, catalog);
        context.Describe(call.Line.Text("description") ?? "");
        catalog.Store.WriteTls(name, tls);
        catalog.Store.Write(context);
        return Done(call, name, "created");
    }

    /// <summary>The name for programs, the sentence for people.</summary>
    public static int Done(Invocation call, string name, string verb)
    {
        call.Out.WriteLine(name);
        call.Out.Flush();
        call.Error.WriteLine($"Successfully {verb} context \"{name}\"");
        return 0;
    }

    static (ContextRecord, List<TlsFile>) New(string name, DockerOption docker, ContextCatalog catalog)
    {
        var context = new ContextRecord(name, "", "", false);
        return (context, docker.Apply(context, catalog));
    }

    static (ContextRecord, List<TlsFile>) CopyOf(string source, string name, Invocation call, ContextCatalog catalog)
    {
        if (source.Length == 0)
            source = call.Config.ContextName;
        return (catalog.Copy(source, name), catalog.ReadTls(source));
    }
}
