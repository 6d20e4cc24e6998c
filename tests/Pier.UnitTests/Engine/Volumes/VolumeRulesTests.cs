using Pier.Engine.Plugins;
using Pier.Engine.Volumes;
using Pier.Engine.Volumes.Drivers;
using Pier.Model;

namespace Pier.UnitTests.Engine.Volumes;

public class VolumeRulesTests
{
    [Theory]
    [InlineData("f", "create f: volume name is too short, names should be at least two alphanumeric characters")]
    [InlineData(
        "../up",
        "create ../up: \"../up\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
    )]
    [InlineData(
        "a/b",
        "create a/b: \"a/b\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
    )]
    public void Names_are_checked(string name, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => VolumeRules.CheckName(name)).Message);

    [Fact]
    public void Another_driver_is_a_plugin_that_is_not_there() =>
        Assert.Equal(
            "create va: error looking up volume plugin odd: plugin \"odd\" not found",
            Assert
                .Throws<NotFoundException>(() => VolumeRules.Driver("va", new VolumeDrivers(null!, new PluginDirectory([])), "odd"))
                .Message
        );

    [Theory]
    [InlineData("odd=1", "create va: invalid option: \"odd\"")]
    [InlineData("device=/x", "create va: missing required option: \"type\"")]
    [InlineData("type=nfs", "create va: missing required option: \"device\"")]
    [InlineData("size=1m", "create va: quota size requested but no quota support")]
    [InlineData("size=much", "create va: invalid size: 'much'")]
    public void Options_are_checked(string option, string message)
    {
        var options = new Dictionary<string, string> { [option.Split('=')[0]] = option.Split('=')[1] };
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => VolumeRules.CheckLocal("va", options, () => false)).Message);
    }

    static readonly VolumeRecord Named = new()
    {
        Name = "data-one",
        Created = default,
        Labels = new() { ["tier"] = "db" },
    };
    static readonly VolumeRecord Anonymous = Named with
    {
        Name = "abc",
        Labels = new() { [VolumeRecord.AnonymousLabel] = "" },
    };

    [Theory]
    [InlineData("name", "one", true)]
    [InlineData("name", "two", false)]
    [InlineData("label", "tier", true)]
    [InlineData("label", "tier=web", false)]
    [InlineData("label!", "tier=db", false)]
    [InlineData("driver", "local", true)]
    [InlineData("dangling", "true", true)]
    [InlineData("dangling", "0", false)]
    [InlineData("all", "false", false)]
    [InlineData("all", "true", true)]
    public void Filters_are_Dockers(string key, string value, bool matches) => Assert.Equal(matches, Filter(key, value).Matches(Named));

    [Fact]
    public void Prune_without_all_takes_anonymous_ones() => Assert.True(Filter("all", "false").Matches(Anonymous));

    [Fact]
    public void An_odd_value_is_refused() => Assert.Throws<InvalidParameterException>(() => Filter("dangling", "maybe").Matches(Named));

    static VolumeFilter Filter(string key, string value) =>
        new(new Dictionary<string, IReadOnlyList<string>> { [key] = [value] }, _ => false);
}
