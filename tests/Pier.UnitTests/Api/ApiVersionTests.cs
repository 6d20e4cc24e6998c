using Pier.Api.Http;

namespace Pier.UnitTests.Api;

public class ApiVersionTests
{
    [Theory]
    [InlineData("/v1.44/containers/json", "1.44", "/containers/json")]
    [InlineData("/containers/json", "1.51", "/containers/json")]
    [InlineData("/version", "1.51", "/version")]
    [InlineData("/v1/x", "1.51", "/v1/x")]
    [InlineData("/v1.x/x", "1.51", "/v1.x/x")]
    [InlineData("/", "1.51", "/")]
    public void A_path_may_begin_with_a_version(string path, string version, string rest)
    {
        ApiVersion.TrySplit(path, out var parsed, out var left);
        Assert.Equal((version, rest), (parsed.ToString(), left));
    }

    [Theory]
    [InlineData(
        1,
        23,
        "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"
    )]
    [InlineData(1, 99, "client version 1.99 is too new. Maximum supported API version is 1.51")]
    [InlineData(2, 0, "client version 2.0 is too new. Maximum supported API version is 1.51")]
    [InlineData(1, 24, null)]
    [InlineData(1, 51, null)]
    public void Only_the_supported_versions_are_served(int major, int minor, string? refusal) =>
        Assert.Equal(refusal, new ApiVersion(major, minor).Refusal());
}
