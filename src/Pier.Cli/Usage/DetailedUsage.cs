using System.Globalization;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Contracts;

namespace Pier.Cli.Usage;

/// <summary>pier system df -v: a table a kind.</summary>
sealed class DetailedUsage(Invocation call, JsonElement usage)
{
    public void Print()
    {
        Section(
            "Images space usage:",
            ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"],
            usage.Items("Images").Select(Image)
        );
        Section(
            "\nContainers space usage:",
            ["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"],
            usage.Items("Containers").Select(Container)
        );
        Section("\nLocal Volumes space usage:", ["VOLUME NAME", "LINKS", "SIZE"], usage.Items("Volumes").Select(Volume));
        var cache = usage.Items("BuildCache").ToList();
        Section(
            $"\nBuild cache usage: {HumanSize.Describe(cache.Where(r => !r.Flag("Shared")).Sum(r => r.Number("Size")))}",
            ["CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED"],
            cache.Select(BuildCache)
        );
    }

    void Section(string title, string[] headings, IEnumerable<string[]> rows)
    {
        call.Out.WriteLine(title + "\n");
        var table = new TableWriter();
        table.Add(headings);
        foreach (var row in rows)
            table.Add(row);
        table.WriteTo(call.Out);
    }

    string[] Image(JsonElement image)
    {
        var (repository, tag) = image.Texts("RepoTags").FirstOrDefault() is { } name ? ImageNames.Split(name) : ("<none>", "<none>");
        var (size, shared) = (image.Number("Size"), Math.Max(0, image.Number("SharedSize")));
        return
        [
            repository,
            tag,
            Short(image.Text("Id")),
            Ago(image.Number("Created")),
            HumanSize.Describe(size),
            HumanSize.Describe(shared),
            HumanSize.Describe(size - shared),
            image.Number("Containers").ToString(CultureInfo.InvariantCulture),
        ];
    }

    string[] Container(JsonElement container)
    {
        var command = container.Text("Command");
        var volumes = container.Items("Mounts").Count(m => m.Text("Type") == "volume" && m.Text("Driver") == "local");
        return
        [
            Short(container.Text("Id")),
            container.Text("Image"),
            '"' + (command.Length > 18 ? command[..17] + "…" : command) + '"',
            volumes.ToString(CultureInfo.InvariantCulture),
            HumanSize.Describe(container.Number("SizeRw")),
            Ago(container.Number("Created")),
            container.Text("Status"),
            string.Join(',', container.Texts("Names").Select(n => n.TrimStart('/'))),
        ];
    }

    static string[] Volume(JsonElement volume)
    {
        var data = volume.At("UsageData");
        return
        [
            volume.Text("Name"),
            data.Number("RefCount").ToString(CultureInfo.InvariantCulture),
            HumanSize.Describe(Math.Max(0, data.Number("Size"))),
        ];
    }

    string[] BuildCache(JsonElement row) =>
        [
            Short(row.Text("ID")) + (row.Flag("InUse") ? "*" : ""),
            row.Text("Type"),
            HumanSize.Describe(row.Number("Size"), 3),
            Ago(row.Text("CreatedAt")),
            Ago(row.Text("LastUsedAt")),
            row.Number("UsageCount").ToString(CultureInfo.InvariantCulture),
            row.Flag("Shared") ? "true" : "false",
        ];

    string Ago(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var at)
            ? HumanDuration.Describe(call.Environment.Now() - at) + " ago"
            : "";

    string Ago(long seconds) => HumanDuration.Describe(call.Environment.Now() - DateTimeOffset.FromUnixTimeSeconds(seconds)) + " ago";

    static string Short(string id) => id.Replace("sha256:", "", StringComparison.Ordinal) is { Length: > 12 } hex ? hex[..12] : id;
}
