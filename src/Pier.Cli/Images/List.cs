using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Images;

/// <summary>pier images.</summary>
static class List
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "images",
            Usage = "[OPTIONS] [REPOSITORY[:TAG]]",
            Summary = "List images",
            Aliases = ["image ls", "image list", "images"],
            Options =
            [
                new("all", 'a', "", "Show all images (default hides intermediate images)"),
                new("digests", '\0', "", "Show digests"),
                new("filter", 'f', "filter", "Filter output based on conditions provided"),
                new("format", '\0', "string", FormatHelp.Table),
                new("no-trunc", '\0', "", "Don't truncate output"),
                new("quiet", 'q', "", "Only show image IDs"),
                new("tree", '\0', "", "List multi-platform images as a tree (EXPERIMENTAL)"),
            ],
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var line = call.Line;
        if (line.Flag("tree"))
            throw new CliFailure("--tree is not supported");
        var filters = line.List("filter").ToList();
        if (call.Arguments.Count > 0)
            filters.Add("reference=" + call.Arguments[0]);
        using var document = call.Client.GetJson(
            new QueryString("/images/json").AddIf(line.Flag("all"), "all").Add("filters", FilterOption.ToJson(filters)).ToString()
        );
        var rows = document.RootElement.EnumerateArray().SelectMany(i => Rows(i, call)).ToList();
        if (line.Flag("quiet") && line.Text("format") is (null or "" or "table"))
        {
            foreach (var row in rows)
                call.Out.WriteLine(row.Id);
            return 0;
        }
        var columns =
            "{{.Repository}}\t{{.Tag}}" + (line.Flag("digests") ? "\t{{.Digest}}" : "") + "\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
        RowFormat.Parse(line.Text("format") ?? call.Config.ImagesFormat, columns).Write(call.Out, rows, ImageRow.Headings);
        return 0;
    }

    /// <summary>A row for each tag, or one without; with digests a row for each of a tag's digests.</summary>
    static IEnumerable<ImageRow> Rows(JsonElement image, Invocation call)
    {
        var (now, whole) = (call.Environment.Now(), call.Line.Flag("no-trunc"));
        var tags = image.Texts("RepoTags").Where(t => t != "<none>:<none>").ToList();
        var digests = image.Texts("RepoDigests").Where(d => d != "<none>@<none>").ToList();
        ImageRow Row(string repository, string tag, string digest) =>
            new(image, now, whole)
            {
                Repository = repository,
                Tag = tag,
                Digest = digest,
            };
        foreach (var name in tags)
        {
            var (repository, tag) = ImageNames.Split(name);
            var own = digests.Where(d => ImageNames.Split(d).Repository == repository).Select(d => ImageNames.Split(d).Tag).ToList();
            if (!call.Line.Flag("digests") || own.Count == 0)
                yield return Row(repository, tag, "<none>");
            else
                foreach (var digest in own)
                    yield return Row(repository, tag, digest);
        }
        if (tags.Count > 0)
            yield break;
        if (digests.Count == 0)
            yield return Row("<none>", "<none>", "<none>");
        foreach (var digest in digests)
            yield return Row(ImageNames.Split(digest).Repository, "<none>", ImageNames.Split(digest).Tag);
    }
}
