using System.Text;
using System.Text.Json;
using Pier.Api.Http;

namespace Pier.UnitTests.Api;

public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("{", "unexpected EOF")]
    [InlineData("{\"a\":", "unexpected EOF")]
    [InlineData("[1,", "unexpected EOF")]
    [InlineData("\"a", "unexpected EOF")]
    [InlineData("x", "invalid character 'x' looking for beginning of value")]
    [InlineData("{\"a\":\"b\"}", "the value at $.a has the wrong type")]
    public void A_fault_is_told_without_this_programs_types(string json, string words)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var error = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Dictionary<string, int>>(bytes));
        Assert.Equal(words, JsonFault.Of(error, bytes));
    }
}
