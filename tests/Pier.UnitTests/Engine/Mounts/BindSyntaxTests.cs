using Pier.Engine.Mounts;
using Pier.Model;

namespace Pier.UnitTests.Engine.Mounts;

public class BindSyntaxTests
{
    [Fact]
    public void A_bind_is_writable_and_private()
    {
        var point = BindSyntax.Parse("/src:/dst").Point;
        Assert.Equal(
            ("bind", "/src", "/dst", true, "rprivate"),
            (point.Type, point.Source, point.Destination, point.RW, point.Propagation)
        );
    }

    [Fact]
    public void Options_are_taken_in()
    {
        var point = BindSyntax.Parse("/src:/dst:ro,rshared,z").Point;
        Assert.Equal((false, "rshared", "ro,rshared,z"), (point.RW, point.Propagation, point.Mode));
    }

    [Theory]
    [InlineData("/a/../b:/c/./d", "/b", "/c/d")]
    [InlineData("/a/:/c/", "/a", "/c")]
    [InlineData("/:/c", "/", "/c")]
    public void Paths_are_cleaned(string bind, string source, string destination)
    {
        var point = BindSyntax.Parse(bind).Point;
        Assert.Equal((source, destination), (point.Source, point.Destination));
    }

    [Fact]
    public void A_source_that_is_no_path_is_a_volume()
    {
        var plan = BindSyntax.Parse("store:/dst");
        Assert.Equal(("volume", "store", "z", true), (plan.Point.Type, plan.Volume!.Name, plan.Point.Mode, plan.CopyUp));
        var bare = BindSyntax.Parse("store:/dst:ro,nocopy");
        Assert.Equal((false, false, "ro,nocopy"), (bare.Point.RW, bare.CopyUp, bare.Point.Mode));
    }

    // attack-cases 31, CVE-2022-23648: the place is taken from the container's root, whatever the image says.
    [Theory]
    [InlineData("/data", "/data")]
    [InlineData("data", "/data")]
    [InlineData("/../../etc", "/etc")]
    [InlineData("../../var/./x/", "/var/x")]
    public void A_VOLUME_of_an_image_stays_in_the_root(string target, string destination)
    {
        var plan = BindSyntax.Anonymous(target);
        Assert.Equal(destination, plan.Destination);
        Assert.True(plan.Detail.Anonymous);
    }

    [Theory]
    [InlineData("/a:/b:ro:x")]
    [InlineData(":/b")]
    [InlineData("/a:b")]
    [InlineData("/a:/b:nonsense")]
    [InlineData("/a:/")]
    [InlineData("/a:/b/..")]
    [InlineData("name:")]
    [InlineData("/a:/b:ro,rw")]
    [InlineData("/a:/b:z,Z")]
    [InlineData("/a:/b:shared,rslave")]
    [InlineData("/a:/b:nocopy")]
    [InlineData("name:/b:rshared")]
    public void What_is_no_bind_is_refused(string bind) => Assert.Throws<InvalidParameterException>(() => BindSyntax.Parse(bind));
}
