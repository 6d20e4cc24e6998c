using Pier.Api.Http;

namespace Pier.UnitTests.Api;

public class RouterTests
{
    static readonly Router Router = new(RouteTable.Routes);

    [Theory]
    [InlineData("GET", "/containers/json", "")]
    [InlineData("GET", "/containers/w1/json", "w1")]
    [InlineData("GET", "/containers//w1/json", "w1")]
    [InlineData("DELETE", "/containers/w1", "w1")]
    [InlineData("GET", "/images/docker.io/library/busybox/json", "docker.io/library/busybox")]
    [InlineData("GET", "/images/host:5000/a@sha256:00/json", "host:5000/a@sha256:00")]
    [InlineData("DELETE", "/images/a/b:c", "a/b:c")]
    [InlineData("HEAD", "/_ping", "")]
    public void Paths_are_found_with_their_names(string method, string path, string name)
    {
        Assert.NotNull(Router.Find(method, path, out var found));
        Assert.Equal(name, found);
    }

    [Theory]
    [InlineData("GET", "/nope")]
    [InlineData("DELETE", "/info")]
    [InlineData("GET", "/containers/w1")]
    [InlineData("POST", "/containers//start")]
    [InlineData("GET", "/containers")]
    public void What_is_not_in_the_table_is_not_found(string method, string path) => Assert.Null(Router.Find(method, path, out _));

    [Fact]
    public void Routes_are_unique()
    {
        var keys = RouteTable.Routes.Select(r => $"{r.Method} {r.Pattern}").ToArray();
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
