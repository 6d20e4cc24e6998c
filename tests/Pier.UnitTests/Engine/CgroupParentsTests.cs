using Pier.Engine.Containers;
using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class CgroupParentsTests
{
    [Theory]
    [InlineData("/pier", "/pier")]
    [InlineData("own/parent", "own/parent")]
    [InlineData("system.slice", "/system.slice")]
    [InlineData("a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice")]
    [InlineData("-.slice", "/")]
    [InlineData("/x/a-b.slice", "/x/a-b.slice")]
    public void Slices_are_nested_as_systemd_does(string parent, string path) => Assert.Equal(path, CgroupParents.PathOf(parent));

    [Theory]
    [InlineData("a--b.slice")]
    [InlineData("-a.slice")]
    [InlineData("a-.slice")]
    [InlineData(".slice")]
    public void What_systemd_would_not_take_is_refused(string parent) =>
        Assert.Throws<InvalidParameterException>(() => CgroupParents.PathOf(parent));

    [Fact]
    public void A_size_is_read_where_there_are_quotas()
    {
        Assert.Equal(10L << 30, StorageOptions.Size(new Dictionary<string, string> { ["size"] = "10G" }, () => true));
        Assert.Null(StorageOptions.Size(new Dictionary<string, string> { ["size"] = "0" }, () => true));
        Assert.Null(StorageOptions.Size(null, () => throw new InvalidOperationException("nobody asked")));
        Assert.Equal(
            "unknown option x",
            Assert
                .Throws<InvalidParameterException>(() => StorageOptions.Size(new Dictionary<string, string> { ["x"] = "1" }, () => true))
                .Message
        );
        Assert.StartsWith(
            "--storage-opt is not supported by this storage driver",
            Assert
                .Throws<InvalidParameterException>(() =>
                    StorageOptions.Size(new Dictionary<string, string> { ["size"] = "1G" }, () => false)
                )
                .Message
        );
    }
}
