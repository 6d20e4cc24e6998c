using Pier.Api.Http;
using Pier.Model;

namespace Pier.UnitTests.Api;

public class FiltersTests
{
    [Theory]
    [InlineData("""{"status":{"exited":true,"dead":true}}""")]
    [InlineData("""{"status":["exited","dead"]}""")]
    public void Both_forms_are_read(string json) => Assert.Equal(["exited", "dead"], Filters.Parse(json).Values["status"]);

    [Fact]
    public void None_is_none() => Assert.Empty(Filters.Parse(null).Values);

    [Theory]
    [InlineData("zzz")]
    [InlineData("[]")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"b":1}}""")]
    [InlineData("""{"a":[1]}""")]
    public void Anything_else_is_refused(string json) =>
        Assert.StartsWith("invalid filter", Assert.Throws<InvalidParameterException>(() => Filters.Parse(json)).Message);

    [Fact]
    public void Unknown_names_and_values_are_told_in_dockers_words()
    {
        var filters = Filters.Parse("""{"x":["y"]}""");
        Assert.Equal("invalid filter 'x'", Assert.Throws<InvalidParameterException>(() => filters.Accepting("status")).Message);
        Assert.Equal(
            "invalid filter 'x=y': invalid value for word (y): must be one of z, zz",
            Assert.Throws<InvalidParameterException>(() => filters.WithValues("x", "word", "z", "zz")).Message
        );
        filters.Accepting("x").WithValues("x", "word", "y");
    }
}
