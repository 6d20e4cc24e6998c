using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class BindParserTests
{
    [Fact]
    public void A_bind_is_writable_and_private()
    {
        var point = BindParser.Parse("/src:/dst");
        Assert.Equal(("bind", "/src", "/dst", true, "rprivate"), (point.Type, point.Source, point.Destination, point.RW, point.Propagation));
    }

    [Fact]
    public void Options_are_taken_in()
    {
        var point = BindParser.Parse("/src:/dst:ro,rshared,z");
        Assert.Equal((false, "rshared", "ro,rshared,z"), (point.RW, point.Propagation, point.Mode));
    }

    [Theory]
    [InlineData("/a/../b:/c/./d", "/b", "/c/d")]
    [InlineData("/a/:/c/", "/a/", "/c")]
    public void Paths_are_cleaned(string bind, string source, string destination)
    {
        var point = BindParser.Parse(bind);
        Assert.Equal((Path.GetFullPath(source), destination), (point.Source, point.Destination));
    }

    [Theory]
    [InlineData("/only")]
    [InlineData("/a:/b:ro:x")]
    [InlineData(":/b")]
    [InlineData("/a:b")]
    [InlineData("/a:/b:nonsense")]
    [InlineData("/a:/")]
    [InlineData("/a:/b/..")]
    public void What_is_no_bind_is_refused(string bind) => Assert.Throws<InvalidParameterException>(() => BindParser.Parse(bind));

    [Fact]
    public void Two_mounts_on_one_place_are_refused() =>
        Assert.Equal("Duplicate mount point: /x",
            Assert.Throws<InvalidParameterException>(() => BindParser.Resolve(new HostConfig { Binds = ["/a:/x", "/b:/x/"] })).Message);

    [Fact]
    public void A_missing_source_of_a_mount_is_an_error_and_of_a_bind_is_made()
    {
        var root = Directory.CreateTempSubdirectory("pier-bind");
        try
        {
            var missing = Path.Combine(root.FullName, "missing");
            var strict = new HostConfig { Mounts = [new MountRequest { Type = "bind", Source = missing, Target = "/x" }] };
            var error = Assert.Throws<InvalidParameterException>(() => BindParser.PrepareSources(strict, BindParser.Resolve(strict)));
            Assert.Equal($"invalid mount config for type \"bind\": bind source path does not exist: {missing}", error.Message);
            Assert.False(Directory.Exists(missing));

            var loose = new HostConfig { Binds = [$"{missing}:/x"] };
            BindParser.PrepareSources(loose, BindParser.Resolve(loose));
            Assert.True(Directory.Exists(missing));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
