using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Manifests;

/// <summary>pier manifest create.</summary>
static class Create
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "manifest create",
            Usage = "MANIFEST_LIST MANIFEST [MANIFEST...]",
            Summary = "Create a local manifest list for annotating and pushing to a registry",
            Options =
            [
                new("amend", 'a', "", "Amend an existing manifest list"),
                new("insecure", '\0', "", "Allow communication with an insecure registry"),
            ],
            MinimumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (list, lists) = (Fetching.Parse(call.Arguments[0]), new LocalLists(call.Config.Directory));
        if (lists.Has(list) && !call.Line.Flag("amend"))
            throw new CliFailure("refusing to amend an existing manifest list with no --amend flag");
        using var door = Fetching.Open(call, list);
        var members = new List<LocalMember>();
        foreach (var name in call.Arguments.Skip(1).Select(Fetching.Parse))
        {
            var manifest = Fetching.Manifest(door, name);
            if (MediaTypes.IsIndex(manifest.Descriptor.MediaType))
                throw new CliFailure($"{name} is a manifest list");
            members.Add(new LocalMember(name.ToString(), Fetching.WithPlatform(door, name, manifest), manifest.Bytes));
        }
        foreach (var member in members)
            lists.Put(list, member);
        call.Out.WriteLine($"Created manifest list {list}");
        return 0;
    }
}
