using Pier.Store.Trees;

namespace Pier.UnitTests.Store;

public class RootPathTests
{
    [Theory]
    [InlineData("/etc/passwd", "etc/passwd", "passwd", false)]
    [InlineData("etc", "etc", "etc", false)]
    [InlineData("/etc/", "etc", "etc", true)]
    [InlineData("/etc/.", "etc", ".", true)]
    [InlineData("/", "", "/", true)]
    [InlineData("/.", "", ".", true)]
    [InlineData(".", "", ".", true)]
    [InlineData("/../../x//y/./z/..", "x/y", "y", false)]
    public void Paths_are_read_as_docker_reads_them(string path, string clean, string name, bool follows)
    {
        var root = new RootPath(path);
        Assert.Equal((clean, name, follows), (root.Clean, root.Name, root.FollowsLast));
    }
}
