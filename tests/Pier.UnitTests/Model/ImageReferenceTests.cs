using Pier.Model;

namespace Pier.UnitTests.Model;

public class ImageReferenceTests
{
    const string Sha = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("library/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("index.docker.io/library/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("user/app", "docker.io/user/app", "user/app")]
    [InlineData("localhost/app", "localhost/app", "localhost/app")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1")]
    [InlineData("ghcr.io/a/b/c_d__e--f.g:T", "ghcr.io/a/b/c_d__e--f.g:T", "ghcr.io/a/b/c_d__e--f.g:T")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("HOST/app", "HOST/app", "HOST/app")]
    [InlineData("app@" + Sha, "docker.io/library/app@" + Sha, "app@" + Sha)]
    [InlineData("app:1@" + Sha, "docker.io/library/app:1@" + Sha, "app:1@" + Sha)]
    public void Names_are_normalized_as_docker_does(string text, string full, string familiar)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, ImageReference.Parse(full));
        Assert.Equal(reference, ImageReference.Parse(familiar));
    }

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData(":tag", "invalid reference format")]
    [InlineData("a b", "invalid reference format")]
    [InlineData("-app", "invalid reference format")]
    [InlineData("app-", "invalid reference format")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("a..b", "invalid reference format")]
    [InlineData("app:", "invalid reference format")]
    [InlineData("app:.tag", "invalid reference format")]
    [InlineData("app@sha256:abc", "invalid reference format")]
    [InlineData("../etc/passwd", "invalid reference format")]
    [InlineData("app\n", "invalid reference format")]
    [InlineData("app:1\n", "invalid reference format")]
    [InlineData("app:" + Sha, "invalid reference format")]
    [InlineData("App", "invalid reference format: repository name (library/App) must be lowercase")]
    [InlineData("user/App:Tag", "invalid reference format: repository name (user/App) must be lowercase")]
    [InlineData(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "invalid repository name (e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855), cannot specify 64-byte hexadecimal strings"
    )]
    public void Bad_names_get_dockers_words(string text, string error)
    {
        Assert.Equal(error, Assert.Throws<InvalidParameterException>(() => ImageReference.Parse(text)).Message);
        Assert.False(ImageReference.TryParse(text, out _));
    }

    [Fact]
    public void Lengths_are_bounded()
    {
        Assert.Equal(
            "repository name must not be more than 255 characters",
            Assert.Throws<InvalidParameterException>(() => ImageReference.Parse(new string('a', 300))).Message
        );
        Assert.Throws<InvalidParameterException>(() => ImageReference.Parse("a:" + new string('t', 129)));
        Assert.Equal(128, ImageReference.Parse("a:" + new string('t', 128)).Tag!.Length);
        Assert.Throws<InvalidParameterException>(() => ImageReference.Parse(string.Concat(Enumerable.Repeat("a-", 100_000))));
    }

    [Fact]
    public void Latest_is_the_default_tag_only_where_nothing_is_said()
    {
        Assert.Equal("a:latest", ImageReference.Parse("a").WithDefaultTag().Familiar);
        Assert.Equal("a:b", ImageReference.Parse("a:b").WithDefaultTag().Familiar);
        Assert.Equal("a@" + Sha, ImageReference.Parse("a@" + Sha).WithDefaultTag().Familiar);
        Assert.Equal("a:c", ImageReference.Parse("a:b").WithTag("c").Familiar);
        Assert.Throws<InvalidParameterException>(() => ImageReference.Parse("a").WithTag("-"));
    }
}
