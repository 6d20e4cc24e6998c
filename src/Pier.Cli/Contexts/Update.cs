using Pier.Cli.CommandLines;

namespace Pier.Cli.Contexts;

/// <summary>pier context update. A new endpoint takes the whole old one's place, its certificates too.</summary>
static class Update
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "context update",
            Usage = "[OPTIONS] CONTEXT",
            Summary = "Update a context",
            Details = DockerOption.Help,
            Options = [new("description", '\0', "string", "Description of the context"), DockerOption.Spec],
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
        var context = catalog.Store.Read(name).Named(name);
        context.Describe(call.Line.Text("description") ?? "");
        if (docker is not null)
        {
            var tls = docker.Apply(context, catalog);
            catalog.Store.WriteTls(name, [.. catalog.Store.ReadTls(name).Where(f => f.Endpoint != "docker"), .. tls]);
        }
        catalog.Store.Write(context);
        return Create.Done(call, name, "updated");
    }
}
