using System.Text;
using Pier.Distribution.Auth;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.UnitTests.Distribution;

public class AuthChallengeTests
{
    [Fact]
    public void A_bearer_challenge()
    {
        var challenge = Assert.Single(
            AuthChallenge.Parse(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull,push\""
            )
        );
        Assert.True(challenge.IsBearer);
        Assert.Equal(
            ("https://auth.docker.io/token", "registry.docker.io", "repository:a/b:pull,push"),
            (challenge["realm"], challenge["service"], challenge["scope"])
        );
    }

    [Fact]
    public void Several_challenges_with_escapes_and_spaces()
    {
        var challenges = AuthChallenge.Parse("Negotiate, basic Realm = \"say \\\"hi\\\", you\" , charset=UTF-8, BEARER realm=x");
        Assert.Equal(["Negotiate", "basic", "BEARER"], challenges.Select(c => c.Scheme));
        Assert.Equal(("say \"hi\", you", "UTF-8"), (challenges[1]["realm"], challenges[1]["charset"]));
        Assert.Equal("x", challenges[2]["realm"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",,,")]
    [InlineData("\"")]
    [InlineData("=x")]
    public void Nonsense_is_nothing(string header) => Assert.Empty(AuthChallenge.Parse(header));

    [Fact]
    public void An_open_quote_ends_with_the_header() => Assert.Equal("abc", AuthChallenge.Parse("Bearer realm=\"abc")[0]["realm"]);

    [Fact]
    public void A_docker_configuration()
    {
        var config = DockerConfigFile.Parse(
            """{"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYTpzcw=="},"http://old.test/v1/":{"auth":"b2xkOng="},"id.test":{"identitytoken":"t"}},"credHelpers":{"h.test":"pass"},"HttpHeaders":{"a":"b"}}"""u8
        );
        Assert.Equal(("user", "pa:ss"), config.AuthOf("docker.io")!.Login());
        Assert.Equal(("old", "x"), config.AuthOf("old.test")!.Login());
        Assert.Equal("t", config.AuthOf("id.test")!.IdentityToken);
        Assert.Null(config.AuthOf("index.docker.io.evil.test"));
        Assert.Equal("pass", config.HelperOf("h.test"));
        Assert.Null(config.HelperOf("id.test"));
    }

    [Theory]
    [InlineData("../sh")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("-x")]
    [InlineData(".x")]
    [InlineData("a;b")]
    public void A_helper_name_is_a_name(string name) =>
        Assert.Throws<InvalidParameterException>(() => new DockerConfigFile { CredsStore = name }.HelperOf("x.test"));

    [Fact]
    public void A_broken_configuration_is_a_clear_error()
    {
        Assert.Throws<InvalidParameterException>(() => DockerConfigFile.Parse("{"u8));
        Assert.Throws<InvalidParameterException>(() =>
            DockerConfigFile.Parse(Encoding.ASCII.GetBytes("{\"x\":" + new string('[', 100_000)))
        );
        Assert.Throws<InvalidParameterException>(() => new DockerConfigAuth { Auth = "!!" }.Login());
        Assert.Throws<InvalidParameterException>(() => new DockerConfigAuth { Auth = "dXNlcg==" }.Login());
    }
}
