using System.Text;
using Pier.Cli.CommandLines;
using Pier.Cli.Inspection;

namespace Pier.Cli.Contexts;

/// <summary>pier context inspect.</summary>
static class Inspect
{
    const string InMemory = "<IN MEMORY>";

    public static CommandSpec Spec =>
        new()
        {
            Name = "context inspect",
            Usage = "[OPTIONS] [CONTEXT] [CONTEXT...]",
            Summary = "Display detailed information on one or more contexts",
            Options = [new("format", 'f', "string", FormatHelp.Single)],
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var catalog = new ContextCatalog(call.Config);
        IReadOnlyList<string> names = call.Arguments.Count > 0 ? call.Arguments : [call.Config.ContextName];
        return InspectionResult.Print(call, names, name => Encoding.UTF8.GetBytes(ToJson(catalog, name)));
    }

    static string ToJson(ContextCatalog catalog, string name)
    {
        var context = catalog.Read(name);
        return name == ContextName.Default
            ? context.ToJson(catalog.ReadTls(name), InMemory, InMemory)
            : context.ToJson(catalog.ReadTls(name), catalog.Store.MetadataPath(name), catalog.Store.TlsPath(name));
    }
}
