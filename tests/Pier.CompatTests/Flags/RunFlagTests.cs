using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pier.CompatTests.Flags;

/// <summary>
/// Every flag of run and create: docker's client and Pier's make the same container of it, inspect shows it, the container sees it; or both
/// refuse with the reason.
/// </summary>
public sealed class RunFlagTests(FlagScenery scenery) : IClassFixture<FlagScenery>
{
    public static TheoryData<string> Rows =>
        [.. RunFlags.All.Where(r => r is { Scene: null } or { Field: not null }).Select(r => r.ToString())];

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public async Task A_flag_does_what_it_says(string use)
    {
        var row = RunFlags.All.Single(r => r.ToString() == use);
        var docker = new Client("docker", scenery.Daemon);
        Skip.If(docker.Missing is not null, docker.Missing);
        var (unique, line) = ("flag-" + row.Flag, CommandLine(row));
        var own = await CreateAsync(new Client("pier", scenery.Daemon), row, unique, line);
        var peer = await CreateAsync(docker, row, unique, line);
        try
        {
            if (row.Refusal is { } refusal)
            {
                Assert.True(
                    own.Run.Code != 0 && own.Run.Error.Contains(refusal, StringComparison.Ordinal),
                    $"{row}: pier: {own.Run.Code} {own.Run.Out}{own.Run.Error}"
                );
                Assert.True(peer.Run.Code != 0, $"{row}: docker made a container");
                return;
            }
            Assert.True(own.Inspect is not null, $"{row}: pier: {own.Run.Error}");
            Assert.True(peer.Inspect is not null, $"{row}: docker: {peer.Run.Error}");
            Assert.Equal(Comparable(peer.Inspect), Comparable(own.Inspect));
            CheckField(row, unique, own);
            if (row.Probe is not null)
                await ProbeAsync(row, unique, own.Inspect["Id"]!.GetValue<string>());
        }
        finally
        {
            foreach (var made in (JsonNode?[])[own.Inspect, peer.Inspect])
                if (made is not null)
                    await scenery.Wire.DeleteAsync($"/containers/{made["Id"]!.GetValue<string>()}?force=1&v=1");
        }
    }

    [Fact]
    public void Every_row_without_a_field_is_shown_by_a_scene_or_a_refusal()
    {
        foreach (var row in RunFlags.All)
            Assert.True(
                row.Field is not null
                    || row.Probe is not null
                    || row.Refusal is not null
                    || row.Warning is not null
                    || row.Scene is not null
                    || row.Flag is "disable-content-trust" or "platform" or "pull",
                $"{row} shows nothing"
            );
    }

    void CheckField(FlagRow row, string unique, Made made)
    {
        if (row.Warning is { } warning && made.Run.Error.Contains(warning, StringComparison.Ordinal))
            return;
        // A warning that does not come means that the kernel has what is needed: then the value must be kept.
        if (row.Warning is not null)
            Assert.True(row.Field is not null, $"{row}: no warning: {made.Run.Error}");
        if (row.Field is not null)
            Assert.Equal(
                scenery.Fill(row.Value!, unique),
                FlagScenery.At(made.Inspect!, row.Field).Replace("\"HostPort\":\"0\"", "\"HostPort\":\"\"")
            );
    }

    async Task ProbeAsync(FlagRow row, string unique, string id)
    {
        var seen = await scenery.OutputOfAsync(id);
        var pattern = scenery.Fill(row.Sees!, unique);
        if (row.Sees!.StartsWith('{'))
            pattern = Regex.Escape(pattern);
        Assert.True(Regex.IsMatch(seen, pattern, RegexOptions.Multiline), $"{row}: {row.Probe}\nwants {pattern}\nsees  {seen}");
    }

    sealed record Made(CommandResult Run, JsonNode? Inspect);

    static string[] CommandLine(FlagRow row) =>
        [.. row.Words, "busybox", .. row.Probe is null ? (string[])["true"] : ["sh", "-c", row.Probe]];

    async Task<Made> CreateAsync(Client client, FlagRow row, string unique, string[] line)
    {
        // The first client's container of a chosen name is in the second's way.
        if (row.Flag == "name" && client.Program == "docker")
            unique += "-docker";
        var start = client.Start(["create", .. line.Select(w => scenery.Fill(w, unique))]);
        start.Environment["LANG_OF_THE_CLIENT"] = "here";
        var run = await Commands.RunAsync(start, null);
        if (run.Code != 0)
            return new Made(run, null);
        return new Made(run, (await scenery.Wire.GetAsync($"/containers/{run.Out.Trim()}/json")).Json);
    }

    /// <summary>What the client decides, without what is new in each container.</summary>
    static string Comparable(JsonNode inspect)
    {
        var id = inspect["Id"]!.GetValue<string>();
        var config = new JsonObject
        {
            ["Config"] = inspect["Config"]!.DeepClone(),
            ["HostConfig"] = inspect["HostConfig"]!.DeepClone(),
            ["Args"] = inspect["Args"]!.DeepClone(),
        };
        DropEmpty(config);
        var text = config.ToJsonString(new() { WriteIndented = true });
        text = text.Replace(inspect["Name"]!.GetValue<string>() + "/", "/NAME/", StringComparison.Ordinal);
        return text.Replace(id[..12], "ID", StringComparison.Ordinal);
    }

    /// <summary>Clients differ in whether they send nothing or an empty list.</summary>
    static void DropEmpty(JsonObject values)
    {
        foreach (var (name, value) in values.ToArray())
        {
            if (value is JsonObject inner)
                DropEmpty(inner);
            if (value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
                values.Remove(name);
        }
    }
}
