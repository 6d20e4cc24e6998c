using System.Text;

namespace Pier.CompatTests;

/// <summary>What the prune commands ask, and what system prune takes away: docker's client is the oracle for pier's.</summary>
public sealed class PruneTests(PierDaemon daemon) : IClassFixture<PierDaemon>
{
    readonly string _name = "p" + Guid.NewGuid().ToString("N")[..8];

    [SkippableTheory]
    [InlineData("container prune")]
    [InlineData("image prune")]
    [InlineData("image prune -a")]
    [InlineData("network prune")]
    [InlineData("volume prune")]
    [InlineData("volume prune -a")]
    [InlineData("system prune")]
    [InlineData("system prune -a --volumes --filter label=x --filter label!=y")]
    [InlineData("system prune -f --volumes --filter until=1h")]
    [InlineData("system prune -f --filter bogus")]
    [InlineData("network prune --filter bogus")]
    [InlineData("ps --filter bogus")]
    [InlineData("ps -aq --filter label=none --filter=")]
    public async Task Questions_and_refusals_are_dockers(string command)
    {
        var docker = await Client.OrSkip("docker", daemon).RunAsync("n\n"u8.ToArray(), command.Split(' '));
        var pier = await new Client("pier", daemon).RunAsync("n\n"u8.ToArray(), command.Split(' '));
        Assert.Equal((docker.Code, docker.Out, docker.Error.Replace("docker ", "pier ")), (pier.Code, pier.Out, pier.Error));
    }

    [SkippableTheory, InlineData("docker"), InlineData("pier")]
    public async Task System_prune_removes_what_is_unused(string name)
    {
        var client = Client.OrSkip(name, daemon);
        var label = "prune=" + _name;
        var container = await client.OkAsync("create", "--label", label, "busybox", "true");
        await client.OkAsync("network", "create", "--label", label, _name);
        var anonymous = await client.OkAsync("volume", "create", "--label", label);
        var dangling = await client.OkAsync("commit", "-c", "LABEL " + label, "-m", _name, container);
        var kept = await client.OkAsync("create", "--name", _name, "busybox", "true");

        var asked = await client.RunAsync(Encoding.UTF8.GetBytes("n\n"), ["system", "prune", "--volumes", "--filter", "label=" + label]);
        Assert.Contains("all anonymous volumes", asked.Out);
        await client.OkAsync("inspect", container, anonymous, _name, dangling);

        var pruned = await client.OkAsync("system", "prune", "-f", "--volumes", "--filter", "label=" + label);
        Assert.StartsWith($"Deleted Containers:\n{container}\n\nDeleted Networks:\n{_name}\n\nDeleted Volumes:\n{anonymous}\n\n", pruned);
        Assert.Contains($"\n\nDeleted Images:\ndeleted: {dangling}\n", pruned);
        Assert.Matches(@"\n\nTotal reclaimed space: [0-9.]+[kM]?B$", pruned);
        foreach (var gone in (string[])[container, anonymous, dangling])
            Assert.NotEqual(0, (await client.RunAsync("inspect", gone)).Code);
        Assert.NotEqual(0, (await client.RunAsync("network", "inspect", _name)).Code);
        await client.OkAsync("rm", kept);
    }
}
