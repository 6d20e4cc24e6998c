using Pier.Cli.CommandLines;

namespace Pier.Cli.Manifests;

/// <summary>pier manifest annotate.</summary>
static class Annotate
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "manifest annotate",
            Usage = "[OPTIONS] MANIFEST_LIST MANIFEST",
            Summary = "Add additional information to a local image manifest",
            Options =
            [
                new("arch", '\0', "string", "Set architecture"),
                new("os", '\0', "string", "Set operating system"),
                new("os-features", '\0', "strings", "Set operating system feature"),
                new("os-version", '\0', "string", "Set operating system version"),
                new("variant", '\0', "string", "Set architecture variant"),
            ],
            MinimumArguments = 2,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (list, name) = (Fetching.Parse(call.Arguments[0]), Fetching.Parse(call.Arguments[1]));
        var lists = new LocalLists(call.Config.Directory);
        var member =
            lists.Members(list).FirstOrDefault(m => m.Ref == name.ToString())
            ?? throw new CliFailure($"manifest for image {name} does not exist in {list}");
        var (line, platform) = (call.Line, member.Descriptor.Platform!);
        platform = platform with
        {
            Os = line.Text("os") ?? platform.Os,
            Architecture = line.Text("arch") ?? platform.Architecture,
            Variant = line.Text("variant") ?? platform.Variant,
            OsVersion = line.Text("os-version") ?? platform.OsVersion,
            OsFeatures = line.List("os-features") is { Count: > 0 } features ? [.. features] : platform.OsFeatures,
        };
        lists.Put(list, member with { Descriptor = member.Descriptor with { Platform = platform } });
        return 0;
    }
}
